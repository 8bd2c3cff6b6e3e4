"""How somebody begins on an empty installation, without the demo world."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.people import person_with_address

pytestmark = pytest.mark.django_db


def test_the_first_administrator_signs_in_and_sets_things_up(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "long enough for a first one")
    call_command("createsuperuser", interactive=False, email="Boss@Example.com", name="Boss", verbosity=0)
    client = Client()
    answer = client.post("/login/", {"login": "boss@example.com", "password": "long enough for a first one"})
    assert answer.status_code == 302
    assert client.get("/admin/queues/new/").status_code == 200
    # mail from this address is this person's, too
    assert person_with_address("boss@example.com").name == "Boss"
