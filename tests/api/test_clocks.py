"""The clocks of a ticket, its SLA, and lists of what is due."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.clock import pretend
from sla import sweeping
from sla.models import Clock
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, at, hours_of_queue, office, on, sla
from tickets.actions.progress import set_state
from tickets.actions.replying import receive, reply
from tickets.messages import Message
from tickets.models import Event, State

__all__ = ["office", "sla"]

SAY = Message(text="Hello")


@pytest.fixture
def gold(sla):
    return sla("Gold", first_response=2 * HOUR, next_response=HOUR, solution=8 * HOUR, warnings=[50], levels=[HOUR])


@pytest.fixture
def ticket(world, gold):
    with on(0, "10:00"):
        return TicketFactory(title="Printer hums", queue=world.support, customer=world.dana)


def test_each_clock_says_where_it_stands(world, bea, ticket, gold, office):
    with on(0, "12:30"):
        sweeping.sweep()
        reply(ticket, SAY, by=world.bea)
        first, solution = bea.get(f"tickets/{ticket.number}/clocks/").json()["results"]
    assert {name: first[name] for name in first if name not in ("journal", "id", "calendar", "sla")} == {
        "kind": "first_response",
        "state": "met",
        "standing": "missed",
        "since": "2026-03-02T10:00:00Z",
        "target": 7200,
        "spent": 9000,
        "late_by": 1800,
        "due_at": "2026-03-02T12:00:00Z",
        "ended_at": "2026-03-02T12:30:00Z",
        "next_mark": None,
    }
    assert (first["sla"], first["calendar"]) == (
        {"id": gold.pk, "name": "Gold"},
        {"id": office.pk, "name": "Office"},
    )
    assert (solution["state"], solution["spent"], solution["late_by"]) == ("running", 9000, -19800)
    assert solution["next_mark"] == {"name": "w50", "seconds": 14400, "at": "2026-03-02T14:00:00Z"}


def test_the_journal_says_why(world, bea, ticket):
    with on(0, "11:00"):
        sweeping.sweep()
        set_state(ticket, State.objects.get(name="pending reminder"), until=at(2, "10:00"), by=world.bea)
        (first, _solution) = bea.get(f"tickets/{ticket.number}/clocks/").json()["results"]
    events = {event.kind: event.pk for event in ticket.events.all()}
    assert [
        (line["kind"], line["spent"], line["target"], line["mark"], line["event"]) for line in first["journal"]
    ] == [
        ("start", 0, 7200, None, events["ticket.created"]),
        ("mark", 3600, None, "w50", events["sla.warned"]),
        ("pause", 3600, None, None, events["state.changed"]),
    ]
    assert first["journal"][1]["sentence"] == "First response: 50% of the time had passed by 2 Mar, 11:00"
    assert (first["state"], first["due_at"]) == ("paused", None)
    assert first["next_mark"] == {"name": "breach", "seconds": 7200, "at": None}


def test_a_clock_without_a_calendar_counts_every_hour(world, bea):
    hours_of_queue(world.support, stay=2 * HOUR)
    with on(0, "20:00"):
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        (stay,) = bea.get(f"tickets/{ticket.number}/clocks/").json()["results"]
    assert (stay["kind"], stay["sla"], stay["calendar"], stay["due_at"]) == ("stay", None, None, "2026-03-02T22:00:00Z")


def test_what_clocks_tell_is_in_the_history(world, bea, ticket):
    with on(0, "12:30"):
        sweeping.sweep()
    history = bea.get(f"tickets/{ticket.number}/history/").json()["results"]
    told = [event for event in history if event["kind"].startswith("sla.")]
    assert [event["kind"] for event in told] == ["sla.warned", "sla.breached"]
    assert told[1]["data"]["due"]["now"] == "2026-03-02T12:00:00+00:00"
    assert (told[1]["cause"]["kind"], told[1]["data"]["clock"]["now"]) == ("clock", "first_response")


def test_clocks_are_for_agents_who_may_read_the_ticket(world, program, bea):
    with on(0, "10:00"):
        elsewhere = TicketFactory(queue=world.billing, customer=world.dana)
    assert bea.get(f"tickets/{elsewhere.number}/clocks/").json() == {"results": [], "next": None}
    assert program(world.carlos).get(f"tickets/{elsewhere.number}/clocks/").status_code == 404
    assert program(world.dana).get(f"tickets/{elsewhere.number}/clocks/").status_code == 404


def test_reading_costs_the_same_however_much_happened(world, bea, ticket, queries):
    def act(day: int) -> None:
        with on(day, "10:00"):
            reply(ticket, SAY, by=world.bea)
            receive(ticket, SAY, channel="email", by=world.dana)

    act(1)
    act(2)
    with on(3, "12:00"), queries() as few:
        bea.get(f"tickets/{ticket.number}/clocks/")
    act(4)
    act(5)
    with on(6, "12:00"), queries() as many:
        assert len(bea.get(f"tickets/{ticket.number}/clocks/").json()["results"]) == 6
    assert len(many) <= len(few)


class TestChoosing:
    def test_a_person_chooses_and_the_conditions_decide_again(self, world, bea, ticket, gold, sla):
        bronze = sla("Bronze", solution=40 * HOUR, condition=None)
        path = f"tickets/{ticket.number}/"
        shown = bea.get(path).json()
        assert (shown["sla"]["name"], shown["sla_by_hand"]) == ("Gold", False)
        shown = bea.patch(path, {"sla": "Bronze"}).json()
        assert (shown["sla"], shown["sla_by_hand"]) == ({"id": bronze.pk, "name": "Bronze"}, True)
        assert Clock.objects.get(ticket=ticket, kind="solution").policy == bronze
        none = bea.patch(path, {"sla": None}).json()
        assert (none["sla"], none["sla_by_hand"], none["due_at"]) == (None, True, None)
        again = bea.patch(path, {"sla_by_hand": False}).json()
        assert (again["sla"]["name"], again["sla_by_hand"]) == ("Gold", False)
        kinds = list(ticket.events.filter(kind="sla.changed").values_list("actor", "cause_kind"))
        assert kinds == [(world.bea.pk, "token")] * 3

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"sla": "Platinum"}, "sla"),
            ({"sla": "Retired"}, "sla"),
            ({"sla_by_hand": True}, "sla_by_hand"),
            ({"sla": "Gold", "sla_by_hand": False}, "sla_by_hand"),
            ({"due_at": "2030-01-01T00:00:00Z"}, "due_at"),
        ],
    )
    def test_what_cannot_be_is_refused(self, world, bea, ticket, sla, sent, field):
        sla("Retired", is_active=False, condition=None)
        before = Event.objects.count()
        answer = bea.patch(f"tickets/{ticket.number}/", {"title": "Changed", **sent})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        assert Event.objects.count() == before

    def test_nobody_overwrites_what_he_has_not_seen(self, world, bea, ticket, sla):
        sla("Bronze", condition=None)
        path = f"tickets/{ticket.number}/"
        seen = bea.get(path)["ETag"]
        assert bea.patch(path, {"sla": "Bronze"}, headers={"If-Match": seen}).status_code == 200
        assert bea.patch(path, {"sla": None}, headers={"If-Match": seen}).status_code == 412
        assert bea.get(path).json()["sla"]["name"] == "Bronze"


class TestDue:
    @pytest.fixture
    def tickets(self, world, gold, ticket):
        with on(0, "09:00"):
            early = TicketFactory(queue=world.support, customer=world.dana)
        with on(0, "11:00"):
            late = TicketFactory(queue=world.support, customer=world.dana)
            done = TicketFactory(queue=world.support, customer=world.dana)
            set_state(done, State.objects.get(name="closed successful"), by=world.bea)
        return [early.number, ticket.number, late.number]

    def numbers(self, program, **query) -> list[str]:
        answer = program.get("tickets/", query)
        assert answer.status_code == 200, answer.content
        return [ticket["number"] for ticket in answer.json()["results"]]

    def test_lists_are_sorted_and_narrowed_by_it(self, bea, tickets):
        assert self.numbers(bea, order="due") == tickets
        assert self.numbers(bea, order="due", due_before="2026-03-02T12:00:00Z") == tickets[:2]
        assert self.numbers(bea, order="due", due_after="2026-03-02T12:00:00Z") == tickets[1:]
        assert set(self.numbers(bea, due_before="2026-03-02T12:00:00Z")) == set(tickets[:2])
        assert bea.get("tickets/", {"order": "due"}).json()["results"][0]["due_at"] == "2026-03-02T11:00:00Z"

    def test_pages_go_on_in_the_same_order(self, bea, tickets):
        first = bea.get("tickets/", {"order": "due", "page_size": 2}).json()
        second = bea.get(first["next"]).json()
        assert [ticket["number"] for page in (first, second) for ticket in page["results"]] == tickets
        assert second["next"] is None

    def test_of_one_sla(self, bea, sla, tickets):
        sla("Bronze", condition=None)
        assert len(self.numbers(bea, sla="Gold")) == 4
        assert self.numbers(bea, sla="Bronze") == []
        assert bea.get("tickets/", {"sla": "Platinum"}).status_code == 400

    @pytest.mark.parametrize("query", [{"order": "age"}, {"due_before": "soon"}, {"order": ""}])
    def test_what_cannot_be_asked_is_refused(self, bea, query):
        assert bea.get("tickets/", query).status_code == 400

    def test_customers_see_none_of_it(self, world, program, ticket):
        dana = program(world.dana)
        shown = dana.get(f"tickets/{ticket.number}/").json()
        assert (shown["sla"], shown["due_at"], shown["sla_by_hand"]) == (None, None, False)
        assert dana.get("tickets/", {"order": "due"}).status_code == 400
        assert dana.get("tickets/", {"due_before": "2026-03-02T12:00:00Z"}).status_code == 400

    def test_a_list_costs_no_more_for_it(self, world, bea, gold, queries):
        with pretend(timezone.now() - timedelta(hours=1)):
            TicketFactory(queue=world.support, customer=world.dana)
            with queries() as few:
                bea.get("tickets/")
            for _n in range(4):
                TicketFactory(queue=world.support, customer=world.dana)
            with queries() as many:
                bea.get("tickets/")
        assert len(many) <= len(few)
