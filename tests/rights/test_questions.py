"""What may be asked: hostile filters, searches and addresses break nothing and find nothing (T57), and asking for very
much gets little (T71)."""

import json
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from accounts.tokens import issue_token
from tests.factories import TicketFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

SECRET = "xylophone"
NAMES = {
    "_connector": "OR",
    "owner__password__startswith": "pbkdf2",
    "queue__in": "1,2,3",
    "customer.password": "a",
    "order_by": "owner__password",
    "sort": "-customer__password",
    "columns": "digest",
    "fields": "*",
    "expand": "owner.password",
    "__proto__[x]": "1",
}
VALUES = [
    "' OR 1=1 --",
    "1) OR (1=1",
    "1; DROP TABLE tickets_ticket; --",
    "' UNION SELECT password FROM accounts_user --",
    "pg_sleep(5)",
    "%' AND 1=CAST((SELECT version()) AS int) --",
    "%s%(x)s{0.__class__}{{7*7}}",
    "\x00",
    "a\x00b",
    "\x1b[31m\r\nX: y",
    "9" * 400,
    "-1",
    "1e309",
    "٣",
    "null",
    '{"$ne": null}',
    "[]",
    '"unclosed & ! | ( <-> :*',
    "\\",
    "../../etc/passwd",
]
ASKED = {
    "bea": [
        "/desk/views/open/?after={}",
        "/desk/views/open/?above={}",
        "/desk/views/{}/",
        "/desk/views/open/news/?r={0}&top={0}&ticket={0}",
        "/desk/queues/QUEUE/?closed={}",
        "/desk/search/?q={}",
        "/desk/palette/?q={}",
        "/desk/side/?here={}",
        "/desk/tickets/{}/",
        "/desk/tickets/{0}/history/?show={0}&after={0}",
        "/desk/tickets/new/?queue={0}&customer={0}&title={0}",
        "/desk/tickets/new/person/?customer={}",
        "/live-address/?ticket={}",
    ],
    "dana": ["/portal/requests/{}/", "/portal/requests/?q={0}&show={0}&whose={0}", "/portal/requests/?after={}"],
    "alex": [
        "/admin/?q={}",
        "/admin/people/?q={0}&kind={0}",
        "/admin/organisations/?q={}",
        "/admin/audit/?kind={0}",
        "/admin/audit/?cursor={}",
        "/admin/email/incoming/?state={0}&mailbox={0}&reason={0}&sender={0}&words={0}&since={0}&until={0}",
        "/admin/email/incoming/?before={}",
        "/admin/email/ledger/?until={}",
        "/admin/email/outgoing/?state={0}&cursor={0}",
    ],
}
FILTERS = (
    "q",
    "state",
    "open",
    "queue",
    "owner",
    "customer",
    "tag",
    "created_after",
    "changed_after",
    "cursor",
    "page_size",
)


@pytest.fixture
def hidden(world) -> Ticket:
    words = {"title": SECRET, "body": SECRET}
    world.carlos.groups.remove(world.billing_role)
    return TicketFactory(queue=world.billing, customer=world.erik, **words)


@pytest.fixture
def program(world) -> Client:
    _token, secret = issue_token(world.carlos, name="robot")
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("who", ASKED)
def test_T57_hostile_values_break_no_page_and_show_nothing(world, hidden, signed_in, who):
    person = world.carlos if who == "bea" else getattr(world, who)
    browser = signed_in(person)
    for pattern in ASKED[who]:
        for value in VALUES:
            path = pattern.replace("QUEUE", str(world.support.pk)).format(quote(value, safe=""))
            answer = browser.get(path)
            assert answer.status_code in (200, 204, 302, 400, 404, 422), path
            assert SECRET not in answer.content.decode(), path


def test_T57_hostile_values_break_no_list_of_the_interface_and_show_nothing(world, hidden, program):
    for name in FILTERS:
        for value in VALUES:
            answer = program.get("/api/v1/tickets/", {name: value})
            assert answer.status_code in (200, 400), (name, value)
            assert SECRET not in answer.content.decode(), (name, value)
    for value in VALUES:
        assert program.get("/api/v1/people/", {"email": value}).status_code == 400
        assert program.get(f"/api/v1/tickets/{quote(value, safe='')}/").status_code == 404


@pytest.mark.parametrize("path", ["tickets", "queues", "states", "priorities", "types", "people"])
def test_T57_only_listed_names_can_be_asked(world, program, path):
    for name, value in NAMES.items():
        answer = program.get(f"/api/v1/{path}/", {name: value} | ({"email": "a@b.example"} if path == "people" else {}))
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


@pytest.mark.parametrize(
    "path", ["/desk/views/open/", "/desk/search/?q=hums", "/portal/requests/", "/admin/people/", "/admin/audit/"]
)
def test_T57_pages_know_no_further_names(world, hidden, signed_in, drawn_with, path):
    """The same rows in the same order, whatever else is asked for."""
    TicketFactory(queue=world.support, customer=world.alex, title="It hums", body="It hums.")
    world.alex.is_agent = True
    world.alex.save()
    browser, more = signed_in(world.alex), urlencode(NAMES)
    usual, asked = (browser.get(f"{path}{'&' if '?' in path else '?'}{query}") for query in ("", more))
    assert (usual.status_code, asked.status_code) == (200, 200)
    assert [row.pk for row in usual.context["rows"] if hasattr(row, "pk")] == [
        row.pk for row in asked.context["rows"] if hasattr(row, "pk")
    ]


def test_T71_very_many_ids_are_refused_or_cut(world, signed_in, queries):
    browser, ticket = signed_in(world.carlos), TicketFactory(queue=world.support)
    ids = [ticket.pk, *range(10_000_000, 10_009_999)]
    for path in ("/desk/tickets/selected/take/", "/desk/tickets/selected/close/"):
        assert browser.post(path, {"ticket": ids}).status_code == 400
    with queries() as counted:
        few = browser.post("/desk/tickets/selected/take/", {"ticket": [*range(10_000_000, 10_000_600), ticket.pk]})
    assert few.status_code == 302
    ticket.refresh_from_db()
    assert ticket.owner == world.carlos
    assert len(counted) <= 60, "what is not there costs nothing"
    rows = urlencode([("r", f"{pk}.1") for pk in ids])
    assert browser.get(f"/desk/views/open/news/?{rows}").status_code == 400


@pytest.mark.parametrize("size", [10**9, 10**30])
def test_T71_pages_stay_small_and_there_are_no_offsets(world, program, queries, size):
    for _number in range(3):
        TicketFactory(queue=world.support)
    with queries() as counted:
        assert len(program.get("/api/v1/tickets/", {"page_size": size}).json()["results"]) == 3
    assert any("LIMIT 101" in query["sql"] for query in counted.captured_queries)
    for name in ("offset", "page", "limit", "per_page"):
        assert program.get("/api/v1/tickets/", {name: size}).status_code == 400


@pytest.mark.parametrize("depth", [50, 5_000, 200_000])
def test_T71_deeply_nested_bodies_are_refused(world, program, depth):
    ticket = TicketFactory(queue=world.support)
    before = ticket.version
    deep = '{"custom_fields": {"a": ' + "[" * depth + "]" * depth + "}}"
    for method, path in (("PATCH", f"/api/v1/tickets/{ticket.number}/"), ("POST", "/api/v1/tickets/")):
        answer = program.generic(method, path, deep, content_type="application/json")
        # so many brackets are too many values before anybody looks how deep they are
        due = 413 if depth > 100_000 else 400
        assert answer.status_code == json.loads(answer.content)["status"] == due
    ticket.refresh_from_db()
    assert ticket.version == before


def test_T71_a_very_long_search_is_cut(world, signed_in, queries):
    browser = signed_in(world.carlos)
    with queries() as counted:
        assert browser.get("/desk/search/", {"q": "printer " * 5_000}).status_code == 200
    assert len(counted) <= 15
    assert all(len(query["sql"]) < 20_000 for query in counted.captured_queries)
