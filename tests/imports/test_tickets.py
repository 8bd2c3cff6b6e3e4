"""Tickets out of files: as they were there, when they were; nothing follows from it; what changes there is taken over."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from automation.models import RuleRun
from core.clock import now, pretend
from imports.models import Origin
from imports.starting import begin_import
from mail.models import Outgoing
from reports.checking import check
from reports.models import Check, Fact, Story
from sla.models import Clock, TicketTargets
from sla.retargeting import look_again
from tests.imports.conftest import checked, counts, imported, reasons, work
from tests.sla.conftest import HOUR, office, sla  # noqa: F401
from tickets.actions.replying import receive
from tickets.actions.routing import assign
from tickets.events import Cause, broken_links
from tickets.messages import Message
from tickets.models import Delivery, FieldDefinition, State, Ticket
from tickets.search import search
from tickets.sentences import cause_of, sentence_of

pytestmark = pytest.mark.django_db

HEAD = ["Number", "Subject", "Message", "Queue", "Customer", "Opened at", "Status", "Closed at", "Owner", "Tags"]
CLOSED = [
    "2019-117",
    "Printer is on fire",
    "It burns.\n\nHelp!",
    "Support::Hardware",
    "dana@acme.example",
    "03.02.2019 09:30",
    "closed successful",
    "2019-02-04 17:00",
    "carlos@demo.example",
    "fire; printer",
]
OPEN = ["2026-9", "Where is my key?", "", "Billing", "new@person.example", "2026-01-05T10:00:00Z", "open", "", "", ""]
ROWS = [HEAD, CLOSED, OPEN]


@pytest.fixture
def promised(sla):  # noqa: F811
    return sla(first_response=HOUR, next_response=2 * HOUR, solution=8 * HOUR)


@pytest.fixture
def tickets(world) -> dict[str, Ticket]:
    job = imported(ROWS, "tickets", world.alex)
    assert (counts(job), reasons(job)) == ({"created": 2}, [])
    return {origin.key: origin.ticket for origin in Origin.objects.filter(what="tickets").select_related("ticket")}


def test_a_ticket_is_as_it_was_when_it_was(world, tickets):
    ticket = tickets["2019-117"]
    assert (ticket.title, ticket.queue, ticket.customer, ticket.owner, ticket.organisation, ticket.tags) == (
        "Printer is on fire",
        world.hardware,
        world.dana,
        world.carlos,
        world.acme,
        ["fire", "printer"],
    )
    assert ticket.created_at == datetime(2019, 2, 3, 8, 30, tzinfo=UTC)
    assert ticket.closed_at == datetime(2019, 2, 4, 16, 0, tzinfo=UTC)
    assert ticket.changed_at == ticket.closed_at
    article = ticket.articles.get()
    assert (article.body, article.author, article.sender) == ("It burns.\n\nHelp!", world.dana, "customer")
    assert article.created_at == ticket.created_at
    assert User.objects.get(email="new@person.example").is_customer


def test_its_history_says_where_it_came_from(world, tickets):
    ticket = tickets["2019-117"]
    events = list(ticket.events.order_by("version"))
    assert [event.kind for event in events] == ["ticket.created", "ticket.closed", "ticket.imported"]
    assert [event.at.year for event in events[:2]] == [2019, 2019]
    assert events[2].at.year >= 2026 and {event.actor for event in events} == {world.alex}
    assert sentence_of(events[2]) == "Alex Berger imported it; its number was 2019-117"
    assert cause_of(events[0]).startswith("by the import no.")
    assert broken_links(ticket) == []


def test_nothing_follows_from_it(world, promised, tickets, drain):
    assert (Delivery.objects.count(), Outgoing.objects.count(), RuleRun.objects.count()) == (0, 0, 0)
    assert drain() == 0


def test_it_is_found_by_its_former_number_and_shows_it(world, tickets, signed_in):
    assert list(search("2019-117", world.carlos)) == [tickets["2019-117"]]
    page = signed_in(world.carlos).get(f"/desk/tickets/{tickets['2019-117'].number}/")
    assert page.status_code == 200 and "Former number" in page.content.decode()


def test_reports_count_it_where_it_was(tickets):
    assert Story.objects.filter(pk__in=[ticket.pk for ticket in tickets.values()]).count() == 2
    assert {fact.at.year for fact in Fact.objects.filter(ticket=tickets["2019-117"], kind="created")} <= {2019}
    check()
    assert list(Check.objects.values_list("wrong", flat=True)) in ([], [[]])


def test_the_same_file_changes_nothing_even_when_somebody_works_on_it_here(world, tickets):
    assign(tickets["2026-9"], world.bea, by=world.bea)
    events = tickets["2026-9"].events.count()
    assert counts(imported(ROWS, "tickets", world.alex)) == {"unchanged": 2}
    ticket = Ticket.objects.get(pk=tickets["2026-9"].pk)
    assert (ticket.owner, ticket.events.count()) == (world.bea, events)


def test_what_the_file_says_anew_is_taken_over_and_nothing_else(world, tickets, drain):
    assign(tickets["2026-9"], world.bea, by=world.bea)
    drain()
    row = [*OPEN]
    row[6], row[7], row[9] = "closed successful", "2026-02-01", "key"
    job = imported([HEAD, CLOSED, row], "tickets", world.alex)
    assert (counts(job), reasons(job)) == ({"unchanged": 1, "changed": 1}, [])
    ticket = Ticket.objects.get(pk=tickets["2026-9"].pk)
    assert (ticket.state.name, ticket.owner, ticket.tags) == ("closed successful", world.bea, ["key"])
    assert [event.kind for event in ticket.events.order_by("version")][-2:] == ["tags.changed", "ticket.closed"]
    assert Delivery.objects.unfinished().count() == 0


def test_a_number_is_the_same_whatever_its_case_and_blanks(world):
    rows = [HEAD, ["REQ  77", *OPEN[1:]], ["inc-5", *OPEN[1:]]]
    assert counts(imported(rows, "tickets", world.alex)) == {"created": 2}
    assert counts(imported(rows, "tickets", world.alex)) == {"unchanged": 2}
    again = [HEAD, ["req 77", *OPEN[1:]], ["INC-5", *OPEN[1:]], ["Inc-5", *OPEN[1:]]]
    assert counts(imported(again, "tickets", world.alex)) == {"unchanged": 2, "refused": 1}
    assert Ticket.objects.count() == 2


def test_what_was_right_when_it_came_is_not_refused_later(world, tickets):
    head = [*HEAD, "Waits until"]
    soon = (now() + timedelta(hours=1)).isoformat()
    waits = ["7", *OPEN[1:6], "pending reminder", "", "carlos@demo.example", "", soon]
    waits[3] = "Support::Hardware"
    assert counts(imported([head, waits], "tickets", world.alex)) == {"created": 1}
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    User.objects.filter(pk=world.carlos.pk).update(is_active=False)
    with pretend(now() + timedelta(hours=2)):
        assert counts(imported([head, waits, [*CLOSED, ""]], "tickets", world.alex)) == {"unchanged": 2}
        job = imported([head, [*waits[:9], "tag", soon]], "tickets", world.alex)
        assert (counts(job), reasons(job)) == ({"changed": 1}, [])
        anew = [*waits]
        anew[6] = State.objects.filter(type__startswith="pending").exclude(name="pending reminder").first().name
        assert [column for _line, column, _why in reasons(imported([head, anew], "tickets", world.alex))] == [
            "pending_until"
        ]


def test_what_is_shown_is_what_was_understood(world):
    rows = [HEAD, ["x", *OPEN[1:5], "02/01/2026 1:00 PM", *OPEN[6:]]]
    job = checked(rows, "tickets", world.alex, zone="Europe/Lisbon", dates="mdy")
    assert job.preview[0]["values"]["created"] == "2026-02-01 13:00"
    work(begin_import(job))
    again = checked(rows, "tickets", world.alex, zone="")
    assert (again.zone, again.dates, counts(again)) == ("Europe/Lisbon", "mdy", {"unchanged": 1})
    assert again.preview[0]["values"]["created"] == "2026-02-01 13:00"
    other = checked(rows, "tickets", world.alex, zone="UTC", dates="dmy")
    assert other.preview[0]["values"]["created"] == "2026-01-02 13:00"


def test_what_was_said_once_stays(world, tickets):
    row = [*OPEN]
    row[2] = "Something else"
    job = imported([HEAD, row], "tickets", world.alex)
    assert reasons(job) == [(2, "text", "This is settled with the import and cannot be changed by a file.")]


def test_no_promise_begins_and_none_is_broken(world, promised, tickets):
    assert (TicketTargets.objects.count(), Clock.objects.count()) == (0, 0)


def test_refusals_name_line_and_column(world):
    def row(**cells: str) -> list[str]:
        names = dict(zip(HEAD, OPEN, strict=True)) | {key.replace("_", " "): text for key, text in cells.items()}
        return list(names.values())

    rows = [
        HEAD,
        row(Number="1", Queue="Nowhere"),
        row(Number="2", Status="sleeping"),
        row(Number="3", Status="closed successful"),
        row(Number="4", **{"Closed at": "2025-01-01", "Status": ""}),
        row(Number="5", **{"Opened at": "31.31.2019"}),
        row(Number="6", **{"Opened at": "2099-01-01"}),
        row(Number="7", Owner="carlos@demo.example"),
        row(Number="8", Owner="nobody@x.example"),
        row(Number="9", Status="pending reminder"),
        row(Number="10", Status="merged"),
        row(Number="", Subject=""),
    ]
    job = imported(rows, "tickets", world.alex)
    assert counts(job) == {"refused": 11}
    assert reasons(job) == [
        (2, "queue", "There is no “Nowhere” to choose."),
        (3, "state", "There is no “sleeping” to choose."),
        (4, "closed", "A closed ticket needs the time at which it was closed."),
        (5, "closed", "It cannot be closed before it was opened."),
        (6, "created", "“31.31.2019” is no date. Write it as 2026-12-31 or 2026-12-31 14:30."),
        (7, "created", "It lies in the future."),
        (8, "owner", "Carlos Díaz does not work in this queue."),
        (9, "owner", "Nobody here has the address “nobody@x.example”."),
        (10, "pending_until", "A ticket that waits needs a time to come until which it does."),
        (11, "state", "There is no “merged” to choose."),
        (12, "number", "It is empty, and has to be there."),
        (12, "title", "It is empty, and has to be there."),
    ]
    assert not Ticket.objects.exists()


def test_custom_fields_are_read_by_their_kind(world):
    for key, kind, options in (
        ("seats", "number", []),
        ("urgent", "checkbox", []),
        ("colours", "multiselect", ["Red", "Green"]),
        ("bought", "date", []),
    ):
        FieldDefinition.objects.create(key=key, label=key.title(), kind=kind, options=options)
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    head = [*HEAD, "Seats", "urgent", "field.colours", "Bought"]
    rows = [
        head,
        [*OPEN, "1,5", "ja", "green; red", "31.12.2025"],
        ["x2", *OPEN[1:], "many", "", "blue", ""],
        [*CLOSED, "", "", "", ""],
    ]
    job = imported(rows, "tickets", world.alex)
    ticket = Ticket.objects.get()
    assert ticket.custom_fields == {"seats": 1.5, "urgent": True, "colours": ["Red", "Green"], "bought": "2025-12-31"}
    assert reasons(job) == [
        (3, "field.colours", "Choose one of the listed values."),
        (3, "field.seats", "Enter a number."),
        (4, "state", "To close it, the field “Cause” has to be filled in."),
    ]


def test_customers_see_theirs_in_the_portal(world, tickets, signed_in):
    page = signed_in(world.dana).get(f"/portal/requests/{tickets['2019-117'].number}/")
    assert page.status_code == 200 and "It burns." in page.content.decode()


def test_what_its_customer_says_next_is_promised_an_answer_and_nothing_else_is(world, promised, tickets):
    ticket = tickets["2026-9"]
    with pretend(now() + timedelta(minutes=1)):
        receive(ticket, Message(text="Still missing."), channel="email", by=ticket.customer)
    assert [(clock.kind, clock.state) for clock in Clock.objects.filter(ticket=ticket)] == [
        ("next_response", "running")
    ]


def test_a_later_look_at_all_tickets_promises_nothing_either(world, promised, tickets):
    look_again([ticket.pk for ticket in tickets.values()], cause=Cause("sla"))
    assert not Clock.objects.exists()


def test_what_is_promised_here_ends_when_the_file_says_that_it_is_closed(world, promised, tickets):
    ticket = tickets["2026-9"]
    receive(ticket, Message(text="Still missing."), channel="email", by=ticket.customer)
    row = [*OPEN]
    row[6], row[7] = "closed successful", "2026-02-01"
    assert counts(imported([HEAD, row], "tickets", world.alex)) == {"changed": 1}
    assert not Clock.objects.filter(ticket=ticket, state="running").exists()
