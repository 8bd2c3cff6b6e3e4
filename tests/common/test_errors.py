"""Pages for what went wrong: the right words, the reference, nothing about our insides."""

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_page_that_is_not_there(client):
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "This page is not here" in answer.content.decode()


def test_every_404_has_the_same_bytes(world, signed_in):
    client = signed_in(world.dana)
    pages = {client.get(path).content for path in ("/nothing/", "/portal/nothing/", "/portal/requests/9999/")}
    assert len(pages) == 1


def test_a_404_speaks_neither_of_tickets_nor_of_articles(world, signed_in):
    page = signed_in(world.dana).get("/portal/requests/9999/").content.decode().lower()
    assert "ticket" not in page
    assert "article" not in page


def test_a_form_without_a_token_is_refused_and_says_that_the_text_is_kept(world):
    client = Client(enforce_csrf_checks=True, headers={"x-request-id": "a1b2c3d4e5"})
    client.force_login(world.dana)
    answer = client.post("/portal/new/", {"subject": "S", "text": "T"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "your text is still there" in page
    assert "reference a1b2c3d4e5" in page
    assert answer["X-Request-ID"] == "a1b2c3d4e5"


def test_T74_a_foreign_origin_is_refused(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.dana)
    client.get("/profile/")
    token = client.cookies["csrf"].value
    form = {"name": "Changed", "language": "", "time_zone": "UTC", "theme": "auto", "csrfmiddlewaretoken": token}
    assert client.post("/profile/", form, headers={"origin": "https://evil.example"}).status_code == 403
    world.dana.refresh_from_db()
    assert world.dana.name == "Dana Miller"
    assert client.post("/profile/", form).status_code == 302


def test_an_error_of_ours_says_so_even_without_a_database(client, monkeypatch):
    client.raise_request_exception = False

    def refuse(*args, **kwargs):
        raise RuntimeError("no database today")

    client.cookies["session"] = "abcdefgh"
    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/portal/", headers={"x-request-id": "a1b2c3d4e5"})
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong on our side" in page
    assert "reference a1b2c3d4e5" in page
    assert "no database today" not in page


def test_an_unknown_host_is_a_bad_request(client):
    answer = client.get("/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_too_many_requests_has_a_page(client):
    for _again in range(21):
        answer = client.post("/password/reset/", {"email": "x@y.example"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "That was too fast" in answer.content.decode()


def test_T86_error_pages_carry_the_policy(client):
    for answer in (client.get("/nothing/"), client.get("/login/", headers={"host": "evil.example"})):
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
