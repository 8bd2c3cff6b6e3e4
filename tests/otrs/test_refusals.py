"""What is refused, in the words of OTRS: errors come with status 200, what cannot be read with 500 and plain text."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from api.models import OtrsSession
from tests.factories import AgentFactory, TicketFactory, role
from tests.otrs.conftest import Script
from tickets.models import Event, Ticket

ARTICLE = {"Subject": "Disk full", "Body": "Nothing fits.", "ContentType": "text/plain; charset=utf8"}
TICKET = {
    "Title": "Disk full",
    "Queue": "Support",
    "State": "new",
    "Priority": "3 normal",
    "CustomerUser": "dana@acme.example",
}


def code(answer: dict) -> str:
    return answer["Error"]["ErrorCode"]


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ({}, "MissingParameter"),
        ({"UserLogin": "bea@demo.example"}, "MissingParameter"),
        ({"UserLogin": "bea@demo.example", "Password": "wrong"}, "AuthFail"),
        ({"UserLogin": "dana@acme.example", "Password": "demo"}, "AuthFail"),
        ({"CustomerUserLogin": "bea@demo.example", "Password": "demo"}, "AuthFail"),
        ({"SessionID": "nonsense"}, "AuthFail"),
    ],
)
def test_without_a_good_login_nobody_comes_in(world, ticket, login, expected):
    assert code(Script(login)("GET", "ticket", TicketID=ticket.pk)) == f"TicketGet.{expected}"


def test_address_and_password_go_with_each_request_too(world, ticket):
    script = Script({"UserLogin": "bea@demo.example", "Password": "demo"})
    assert script("GET", "ticket", TicketID=ticket.pk)["Ticket"][0]["Title"] == "Printer hums"
    headers = {"X-OTRS-Header-UserLogin": "bea@demo.example", "X-OTRS-Header-Password": "demo"}
    answer = Client(headers=headers).get(reverse("otrs:ticket", kwargs={"TicketID": ticket.pk}))
    assert answer.json()["Ticket"][0]["TicketID"] == str(ticket.pk)


def test_T70_guessing_passwords_ends_after_five_wrong_ones(world, ticket):
    for _guess in range(5):
        Script({"UserLogin": "bea@demo.example", "Password": "wrong"})("GET", "ticket", TicketID=ticket.pk)
    right = Script({"UserLogin": "bea@demo.example", "Password": "demo"})
    refused = right("GET", "ticket", TicketID=ticket.pk)
    assert (code(refused), "Too many" in refused["Error"]["ErrorMessage"]) == ("TicketGet.AuthFail", True)


def test_T53_a_session_ends_with_the_person_the_password_and_its_time(world, ticket, bea):
    assert "Ticket" in bea("GET", "ticket", TicketID=ticket.pk)
    User.objects.filter(pk=world.bea.pk).update(is_active=False)
    assert code(bea("GET", "ticket", TicketID=ticket.pk)) == "TicketGet.AuthFail"
    User.objects.filter(pk=world.bea.pk).update(is_active=True)
    password = User.objects.get(pk=world.bea.pk).password
    User.objects.filter(pk=world.bea.pk).update(password="another")
    assert code(bea("GET", "ticket", TicketID=ticket.pk)) == "TicketGet.AuthFail"
    User.objects.filter(pk=world.bea.pk).update(password=password)
    assert "Ticket" in bea("GET", "ticket", TicketID=ticket.pk)
    session = OtrsSession.objects.get()
    OtrsSession.objects.update(last_used_at=session.last_used_at.replace(year=2020))
    assert code(bea("GET", "ticket", TicketID=ticket.pk)) == "TicketGet.AuthFail"


def test_requests_of_one_session_do_not_wait_for_each_other(world, ticket, bea, django_capture_on_commit_callbacks):
    OtrsSession.objects.update(last_used_at=timezone.now() - timedelta(minutes=30))
    before = OtrsSession.objects.get().last_used_at
    with django_capture_on_commit_callbacks() as later, CaptureQueriesContext(connection) as asked:
        assert "Ticket" in bea("GET", "ticket", TicketID=ticket.pk)
    assert not [query for query in asked if "UPDATE" in query["sql"]]
    assert OtrsSession.objects.get().last_used_at == before
    with CaptureQueriesContext(connection) as asked:
        (note,) = later
        note()
    assert "SKIP LOCKED" in str([query["sql"] for query in asked])
    assert OtrsSession.objects.get().last_used_at > before


def test_a_session_is_kept_as_a_digest_and_can_be_ended(world, bea):
    secret = bea.login["SessionID"]
    assert secret not in str(OtrsSession.objects.values().get())
    assert bea("DELETE", "session", SessionID=secret) == {"Success": 1}
    assert code(bea("GET", "session", SessionID=secret)) == "SessionGet.SessionInvalid"


def test_a_browser_session_counts_for_nothing(world, ticket, signed_in):
    answer = signed_in(world.bea).get(reverse("otrs:ticket", kwargs={"TicketID": ticket.pk}))
    assert code(answer.json()) == "TicketGet.MissingParameter"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"Ticket": None}, "MissingParameter"),
        ({"Article": None}, "MissingParameter"),
        ({"Ticket": {**TICKET, "Title": ""}}, "MissingParameter"),
        ({"Ticket": {**TICKET, "Queue": ""}}, "MissingParameter"),
        ({"Ticket": {**TICKET, "Queue": "Nowhere"}}, "InvalidParameter"),
        ({"Ticket": {**TICKET, "Queue": "support"}}, "InvalidParameter"),
        ({"Ticket": {**TICKET, "State": "asleep"}}, "InvalidParameter"),
        ({"Ticket": {**TICKET, "State": "pending reminder"}}, "MissingParameter"),
        ({"Ticket": {**TICKET, "PriorityID": "99"}}, "InvalidParameter"),
        ({"Ticket": {**TICKET, "CustomerUser": "nobody"}}, "InvalidParameter"),
        ({"Ticket": {**TICKET, "Owner": "dana@acme.example"}}, "InvalidParameter"),
        ({"Ticket": {**TICKET, "Lock": "maybe"}}, "InvalidParameter"),
        ({"Article": {**ARTICLE, "Body": ""}}, "MissingParameter"),
        ({"Article": {"Subject": "x", "Body": "y"}}, "MissingParameter"),
        ({"Article": {**ARTICLE, "ContentType": "text/plain; charset=nonsense"}}, "InvalidParameter"),
        ({"Article": {**ARTICLE, "SenderType": "robot"}}, "InvalidParameter"),
        ({"Article": ["x"]}, "InvalidParameter"),
        ({"Attachment": {"Filename": "a", "ContentType": "b"}}, "MissingParameter"),
        ({"Attachment": {"Filename": "a", "ContentType": "b", "Content": "%%"}}, "InvalidParameter"),
        ({"DynamicField": "x"}, "MissingParameter"),
        ({"DynamicField": {"Name": "colour"}}, "MissingParameter"),
        ({"DynamicField": {"Name": "nothing", "Value": "x"}}, "InvalidParameter"),
        ({"DynamicField": {"Name": "colour", "Value": "blue"}}, "InvalidParameter"),
    ],
)
def test_a_ticket_that_cannot_be_made_leaves_nothing(world, fields, bea, change, kind):
    people = User.objects.count()
    sent = {"Ticket": TICKET, "Article": ARTICLE, **change}
    assert code(bea("POST", "tickets", sent)) == f"TicketCreate.{kind}"
    assert (Ticket.objects.count(), Event.objects.count(), User.objects.count()) == (0, 0, people)


@pytest.mark.parametrize("body", ["", "x", "[]", "[" * 100_000, '{"Ticket": ' * 30 + "1" + "}" * 30, b"\xff"])
def test_T88_what_cannot_be_read_is_refused_in_plain_text(world, body):
    answer = Client().generic("POST", reverse("otrs:tickets"), body, "application/json")
    if body:
        assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=UTF-8")
    else:
        assert code(answer.json()) == "TicketCreate.MissingParameter"


@pytest.mark.parametrize(
    ("route", "body"),
    [("tickets", "[" + "1," * 200_000 + "1]"), ("session_create", " " * 65_537), ("search", " " * 65_537)],
)
def test_T71_nobody_unknown_has_large_requests_read(world, route, body):
    answer = Client().generic("POST", reverse(f"otrs:{route}"), body, "application/json")
    assert (answer.status_code, answer.content) == (500, b"The request is too large.")


def test_unknown_routes_and_methods_are_refused_in_plain_text(world):
    for method, path in (("GET", "Webservice/Other/Ticket"), ("PUT", "Webservice/GenericTicketConnectorREST/Ticket")):
        answer = Client().generic(method, f"/otrs/nph-genericinterface.pl/{path}")
        assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=UTF-8")


def test_nothing_in_a_ticket_is_text_that_the_database_refuses(world, bea):
    sent = {"Ticket": {**TICKET, "Title": "a\0b"}, "Article": {**ARTICLE, "Body": "\ud800 \0 here"}}
    made = bea("POST", "tickets", sent)
    assert Ticket.objects.get(pk=made["TicketID"]).title == "ab"


@pytest.mark.parametrize(
    ("right", "facts", "allowed"),
    [
        ("read", {"Title": "x"}, False),
        ("read", {}, True),
        ("note", {"Title": "x"}, False),
        ("owner", {"Owner": "bea@demo.example"}, True),
        ("owner", {"Responsible": "bea@demo.example"}, True),
        ("owner", {"Priority": "5 very high"}, False),
        ("priority", {"Priority": "5 very high"}, True),
        ("priority", {"Lock": "lock"}, False),
        ("write", {"Queue": "Billing"}, False),
        ("write", {"Queue": "Support::Hardware", "State": "closed successful"}, True),
    ],
)
def test_each_attribute_takes_its_own_right(world, script, ticket, right, facts, allowed):
    agent = AgentFactory(password="demo")
    role("Just this", agent, **{right: world.support})
    before = ticket.version
    answer = script(agent)("PATCH", "ticket", {"Ticket": facts, "UserID": 1}, TicketID=ticket.pk)
    ticket.refresh_from_db()
    assert ("Error" not in answer) is allowed
    assert (ticket.version > before) is (allowed and bool(facts))


@pytest.mark.parametrize(
    ("visible", "right", "allowed"), [("0", "note", True), ("1", "note", False), ("1", "write", True)]
)
def test_words_take_the_right_to_say_them(world, script, ticket, visible, right, allowed):
    agent = AgentFactory(password="demo")
    role("Just this", agent, **{right: world.support})
    sent = {"Article": {**ARTICLE, "IsVisibleForCustomer": visible}}
    answer = script(agent)("PATCH", "ticket", sent, TicketID=ticket.pk)
    assert ("ArticleID" in answer) is allowed
    assert ticket.articles.filter(author=agent).count() == int(allowed)


def test_of_an_update_that_fails_nothing_happens(world, bea, ticket):
    before = ticket.version
    sent = {"Ticket": {"Title": "Another"}, "Article": {**ARTICLE, "MimeType": "x", "ContentType": ""}}
    assert code(bea("PATCH", "ticket", sent, TicketID=ticket.pk)) == "TicketUpdate.MissingParameter"
    ticket.refresh_from_db()
    assert (ticket.title, ticket.version) == ("Printer hums", before)


def test_a_request_for_several_tickets_is_refused_when_one_is_hidden(world, script, ticket):
    hidden = TicketFactory(queue=world.billing)
    carlos = script(world.carlos)
    assert "Ticket" in carlos("GET", "ticket_list", {"TicketID": str(ticket.pk)})
    both = carlos("GET", "ticket_list", {"TicketID": f"{ticket.pk},{hidden.pk}"})
    assert code(both) == "TicketGet.AccessDenied"
    assert code(carlos("GET", "ticket", TicketID="x")) == "TicketGet.NotValidTicketID"


@pytest.mark.parametrize(
    ("name", "value"),
    [("Limit", "x"), ("SortBy", "password"), ("OrderBy", "Sideways"), ("Nonsense", "1"), ("DynamicField_none", "Like")],
)
def test_a_search_that_asks_for_what_is_not_there_is_refused(world, bea, name, value):
    assert code(bea("GET", "tickets", {name: value})) == "TicketSearch.InvalidParameter"


@pytest.mark.parametrize(
    ("name", "most", "value"),
    [
        ("Title", 100, "*a*b*"),
        ("From", 100, "x@y.example"),
        ("DynamicField_colour", 100, "r*d"),
        ("Subject", 10, "disk"),
        ("TicketID", 1_000, "7"),
        ("States", 1_000, "open"),
        ("SortBy", 5, "Age"),
    ],
)
def test_T71_a_search_asks_for_so_much_and_no_more(world, bea, dana, fields, name, most, value):
    def asked(number: int) -> dict:
        return {name: {"Like": [value] * number} if name.startswith("Dynamic") else [value] * number}

    assert "Error" not in bea("POST", "search", asked(most))
    for script in (bea, dana):
        assert code(script("POST", "search", asked(most + 1))) == "TicketSearch.InvalidParameter"


def test_T71_texts_count_together_and_are_not_long(world, bea):
    for asked in ({"Title": ["a*"] * 60, "CustomerID": ["b*"] * 60}, {"Subject": "disk " * 300}):
        assert code(bea("POST", "search", asked)) == "TicketSearch.InvalidParameter"
    assert "Error" not in bea("POST", "search", {"QueueIDs": ["1"] * 900, "StateIDs": ["1"] * 900})


def test_T71_lists_of_articles_and_fields_end_somewhere(world, bea, fields):
    for change in ({"Article": [ARTICLE] * 21}, {"DynamicField": [{"Name": "colour", "Value": "red"}] * 201}):
        sent = {"Ticket": TICKET, "Article": ARTICLE, **change}
        assert code(bea("POST", "tickets", sent)) == "TicketCreate.InvalidParameter"
    assert Ticket.objects.count() == 0


def test_an_address_that_only_signs_in_is_no_customer_to_name(world, bea):
    world.erik.addresses.all().delete()
    sent = {"Ticket": {**TICKET, "CustomerUser": world.erik.email}, "Article": ARTICLE}
    assert code(bea("POST", "tickets", sent)) == "TicketCreate.InvalidParameter"


def test_what_nobody_has_foreseen_is_plain_text_and_noted(world, bea, ticket, monkeypatch, caplog):
    def fail(_asked: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.otrs.searching.refuse_too_much", fail)
    answer = bea.send("GET", "tickets")
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=UTF-8")
    assert "ZeroDivisionError" in caplog.text
    assert bea.login["SessionID"] not in caplog.text


def test_the_history_tells_how_somebody_came_in(world, bea, ticket):
    password = Script({"UserLogin": "bea@demo.example", "Password": "demo"})
    for script in (bea, password):
        script("PATCH", "ticket", {"Article": ARTICLE}, TicketID=ticket.pk)
    told = Event.objects.filter(ticket=ticket, cause_kind="otrs").order_by("id")
    by_session = f"session {OtrsSession.objects.get().pk}"
    assert list(dict.fromkeys(event.cause_reference for event in told)) == [by_session, "password"]


def test_T71_nobody_sends_more_than_so_many_requests_in_a_minute(world, bea, dana, script, ticket, monkeypatch):
    monkeypatch.setattr("api.otrs.signing_in.MOST_A_MINUTE", 3)
    monkeypatch.setattr("api.limits.time", SimpleNamespace(time=lambda: 1_000_030.0))
    again = script(world.bea)
    answers = [one.send("GET", "ticket", TicketID=ticket.pk) for one in (bea, again, bea)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2]["Content-Type"], answers[2]["Retry-After"]) == ("text/plain; charset=UTF-8", "50")
    assert dana.send("GET", "ticket", TicketID=ticket.pk).status_code == 200
