"""T88: whatever is sent, the answer is a problem document and never a 5xx."""

import pytest

from api import parsers
from tickets.models import Event

ROUTES = [
    ("POST", "tickets/"),
    ("PATCH", "tickets/{number}/"),
    ("POST", "tickets/{number}/articles/"),
]
BODIES = {
    "no JSON": b"{",
    "two": b"{} {}",
    "no UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "NaN": b'{"title": NaN}',
    "huge number": b'{"queue": ' + b"9" * 5000 + b"}",
    "huge exponent": b'{"customer": 1e999999999, "owner": -1e999999999}',
    "deep": b'{"custom_fields": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a list": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "NUL": b'{"title": "a\\u0000b", "body": "\\u0000"}',
    "surrogates": b'{"title": "\\ud800", "\\udfff": {"\\ud800": ["\\udc00"]}}',
    "many keys": b"{" + b",".join(b'"k%d": 1' % n for n in range(5000)) + b"}",
    "wrong types": b'{"title": {}, "queue": [], "customer": {}, "body": 1, "tags": {"a": 1}, "custom_fields": "x"}',
}


def is_problem(answer, *statuses: int) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.content[:500])
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_T88_bodies(world, bea, ticket, method, route, name):
    before = Event.objects.count()
    is_problem(bea.generic(method, route.format(number=ticket.number), BODIES[name]), 400)
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", "text/html"],
)
@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_T88_other_media_types(world, bea, ticket, method, route, content_type):
    is_problem(bea.generic(method, route.format(number=ticket.number), b"title=x", content_type=content_type), 415)


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "cp037", "unknown", "\x01"])
def test_T88_strange_charsets_change_nothing(world, bea, charset):
    body = '{"title": "Größe", "queue": "Support", "customer": "a@b.example", "body": "x"}'.encode()
    answer = bea.generic("POST", "tickets/?x=%ff", body, content_type=f"application/json; charset={charset}")
    assert (answer.status_code, answer.json()["title"]) == (201, "Größe")
    listed = bea.generic("GET", "tickets/?q=%ff", content_type=f"application/json; charset={charset}")
    assert listed.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("route", ["tickets/", "tickets/{number}/", "tickets/{number}/articles/", "me/", "queues/"])
def test_T88_methods(world, bea, ticket, method, route):
    answer = bea.generic(method, route.format(number=ticket.number))
    is_problem(answer, 405)
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    "path",
    ["tickets/a.b/", "tickets/%00/", "tickets/1%27%20OR%201=1/", "tickets//", "attachments/1/", "nothing/", "%ff/"],
)
def test_T88_paths(world, bea, path):
    answer = bea.get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_head_is_a_get_without_a_body(world, bea, ticket):
    answer = bea.head(f"/api/v1/tickets/{ticket.number}/")
    assert (answer.status_code, answer["ETag"], answer.content) == (200, f'"{ticket.version}"', b"")


def test_a_request_that_is_too_large_is_refused(world, bea, monkeypatch):
    monkeypatch.setattr(parsers, "MAX_BODY", 100)
    is_problem(bea.post("tickets/", {"title": "x" * 100}), 413)


def test_T71_a_request_of_very_many_values_is_not_even_read(world, bea):
    many = "[" + "1," * parsers.MOST_PARTS + "1]"
    is_problem(bea.post("tickets/", many), 413)


def test_a_request_without_a_length_is_not_taken_for_an_empty_one(world, bea):
    is_problem(bea.post("tickets/", headers={"Transfer-Encoding": "chunked"}), 411)


def test_any_accept_header_gets_json(world, bea):
    answer = bea.get("me/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_strange_cookies_and_parameters(world, bea, ticket):
    cookies = "session=\x01; =; csrf=%00; a" + "=" * 5000
    assert bea.get(f"tickets/{ticket.number}/", headers={"Cookie": cookies}).status_code == 200
    is_problem(bea.get("tickets/?" + "&".join(f"k{n}=1" for n in range(2000))), 400)


@pytest.mark.parametrize("path", ["tickets", "tickets/48213", "people"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_what_is_sent_to_an_address_without_its_slash_is_not_sent_on_to_a_list(bea, method, path):
    """Clients follow 301 with a GET, whose 200 looks like success."""
    answer = bea.generic(method, path, {"title": "x"})
    is_problem(answer, 404)
    assert answer.json()["detail"] == f"Addresses end with a slash: /api/v1/{path}/"
    is_problem(bea.generic(method, f"{path}/there/is/none", {}), 404)
    assert bea.get(path).status_code == 301
