"""How somebody begins on an empty installation, without the demo world."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from accounts.people import person_with_address
from helpdesk.embedded import supervisor
from helpdesk.management.commands.has_administrator import NOBODY

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


def test_as_long_as_nobody_can_sign_in_the_page_says_how_the_first_one_is_made():
    person = User.objects.create_user("dana@acme.example", name="Dana", is_customer=True)  # known by mail alone
    assert "bin/manage createsuperuser" in Client().get("/login/").content.decode()
    person.set_password("long enough for a first one")
    person.save()
    assert "createsuperuser" not in Client().get("/login/").content.decode()


def test_with_an_administrator_the_page_says_nothing():
    administrator = User.objects.create_superuser("boss@example.com", name="Boss")  # who gets a password by a link
    assert "createsuperuser" not in Client().get("/login/").content.decode()
    call_command("has_administrator")
    administrator.is_active = False
    administrator.save()
    with pytest.raises(SystemExit) as ended:
        call_command("has_administrator")
    assert ended.value.code == NOBODY == supervisor.NOBODY
