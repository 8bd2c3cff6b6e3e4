"""The door for monitoring: stored before it is answered, nothing for strangers, bounded."""

import json

import pytest
from django.test import Client

from automation import alert_sources
from automation.alert_reading import MAX_BYTES
from automation.alert_sources import save_source
from automation.models import AlertPost
from tests.automation.alerts import firing, group, source

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


def test_a_post_is_stored_and_then_answered(client, world):
    _row, secret = source(world)
    answer = client.post(f"/api/v1/alerts/{secret}/", group(firing()), **JSON)
    assert (answer.status_code, answer.json()) == (202, {"alerts": 1})
    assert AlertPost.objects.get().alerts[0]["fingerprint"] == "f1"
    assert AlertPost.objects.get().due_at is not None


def test_the_secret_may_come_as_bearer_and_the_media_type_does_not_matter(client, world):
    _row, secret = source(world)
    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} {secret}"}
        body = json.dumps(group(firing()))
        answer = client.generic("POST", "/api/v1/alerts/", body, headers=headers, content_type="text/plain")
        assert answer.status_code == 202


@pytest.mark.parametrize("secret", ["", "hda_wrong", "x" * 5_000, "%00", "hdk_token"])
def test_strangers_are_told_nothing_and_nothing_is_kept(client, world, secret):
    source(world)
    answer = client.generic("POST", "/api/v1/alerts/", b"{}", headers={"Authorization": f"Bearer {secret}"}, **JSON)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert not AlertPost.objects.exists()


def test_an_inactive_source_is_a_stranger(client, world):
    row, secret = source(world)
    row.is_active = False
    save_source(row, by=world.alex)
    assert client.post(f"/api/v1/alerts/{secret}/", group(firing()), **JSON).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 422), (b"{", 422), (b'{"alerts": 3}', 422), (b" " * (MAX_BYTES + 1), 413)]
)
def test_what_is_malformed_is_a_problem_in_words(client, world, body, status):
    _row, secret = source(world)
    answer = client.generic("POST", f"/api/v1/alerts/{secret}/", body, **JSON)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].endswith(".")
    assert not AlertPost.objects.exclude(due_at=None).exists()


def test_t63_too_many_posts_and_guesses_are_told_to_wait(client, world, monkeypatch):
    monkeypatch.setattr(alert_sources, "MOST_POSTS", 2)
    monkeypatch.setattr(alert_sources, "MOST_GUESSES", 2)
    _row, secret = source(world)
    url = f"/api/v1/alerts/{secret}/"
    assert [client.post(url, group(firing()), **JSON).status_code for _post in range(3)] == [202, 202, 429]
    wrong = "/api/v1/alerts/hda_wrong/"
    assert [client.post(wrong, {}, **JSON).status_code for _guess in range(3)] == [401, 401, 429]


def test_it_is_for_posting_alone(client, world):
    _row, secret = source(world)
    assert client.get(f"/api/v1/alerts/{secret}/").status_code == 405


def test_no_form_of_a_browser_needs_a_token_here(world):
    _row, secret = source(world)
    assert (
        Client(enforce_csrf_checks=True).post(f"/api/v1/alerts/{secret}/", group(firing()), **JSON).status_code == 202
    )
