"""F06 in the small: while the database is away, people get a page to try again with, and what they wrote is on it."""

import html
import re

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from tests.factories import TicketFactory
from tickets.models import Article

pytestmark = pytest.mark.django_db
TEXT = "Dear Dana,\n\n  <b>first</b> look & see: it is written äöü."


def away(*_args, **_options):
    raise OperationalError("server closed the connection unexpectedly")


@pytest.fixture
def bea(world) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(world.bea)
    client.get("/desk/", follow=True)
    return client


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send from the form of this page."""
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    written = re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n([^<]*)</textarea>', page)
    return {name: html.unescape(value) for name, value in [*hidden, *written]}


def test_F06_a_text_that_could_not_be_saved_is_on_the_page_and_can_be_sent_again(world, bea, monkeypatch):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    token = bea.cookies["csrf"].value
    url = f"/desk/tickets/{ticket.number}/reply/"
    form = {
        "text": TEXT,
        "to": "dana@acme.example",
        "then": "open",
        "submission": "0" * 8 + "-1111-4111-8111-" + "0" * 12,
    }
    with monkeypatch.context() as broken:
        broken.setattr("tickets.actions.replying.locked", away)
        answer = bea.post(url, {**form, "csrfmiddlewaretoken": token})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    page = answer.content.decode()
    assert "Nothing you wrote is lost" in page
    assert f'action="{url}"' in page
    kept = fields_of(page)
    assert {name: kept[name] for name in form} == form
    assert not Article.objects.filter(ticket=ticket, body__contains="first").exists()
    for _time in ("sent again", "and again by a double click"):
        assert bea.post(url, kept).status_code == 302
    assert Article.objects.filter(ticket=ticket, body__contains="<b>first</b> look & see").count() == 1


def test_a_page_that_was_only_asked_for_offers_to_try_again(world, bea, monkeypatch):
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    answer = bea.get("/desk/?queue=1")
    assert answer.status_code == 503
    assert 'href="/desk/?queue=1"' in answer.content.decode()


def test_a_lost_connection_counts_as_well(world, bea, monkeypatch):
    def closed(*_args, **_options):
        raise InterfaceError("connection already closed")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", closed)
    assert bea.get("/desk/").status_code == 503


def test_a_password_is_never_on_the_page(monkeypatch):
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("web.common.backend.PeopleBackend.authenticate", away)
    answer = client.post("/login/", {"login": "a@b.example", "password": "very secret " * 20})
    assert answer.status_code == 503
    assert "very secret" not in answer.content.decode()


def test_T07_what_was_written_is_text_on_the_page(world, bea, monkeypatch):
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    hostile = '</textarea><script>alert(1)</script>"><img src=x>'
    token = bea.cookies["csrf"].value
    answer = bea.post("/desk/new/", {"text": hostile * 3, "x": hostile, hostile: "y", "csrfmiddlewaretoken": token})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_programs_are_told_when_to_try_again(world, monkeypatch):
    monkeypatch.setattr("api.auth.TokenAuthentication.authenticate", away)
    answer = Client(raise_request_exception=False).get("/api/v1/tickets/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 503


def test_other_errors_stay_errors(world, bea, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("boom")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", broken)
    assert bea.get("/desk/").status_code == 500
