"""What agents do with tickets besides answering them, and what their clocks make of it."""

from datetime import timedelta

import pytest

from accounts.people import system_actor
from sla import sweeping
from sla.journals import disagreements, explain
from sla.models import Clock
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, at, clock, due, hours_of_queue, journal, on
from tickets.actions.merging import merge, unmerge
from tickets.actions.opening import Opening
from tickets.actions.progress import set_state
from tickets.actions.removing import mark_spam, restore, trash
from tickets.actions.replying import add_note, forward, receive, reply, take_back
from tickets.actions.routing import lock
from tickets.actions.splitting import split
from tickets.bulk import run_job, start_job
from tickets.messages import Message
from tickets.models import Article, State, Ticket

pytestmark = pytest.mark.django_db

SAY = Message(text="Hello")


@pytest.fixture
def opened(world, sla):
    sla(first_response=4 * HOUR, next_response=2 * HOUR, update=6 * HOUR, solution=16 * HOUR, reopening="restart")

    def make(clock: str = "10:00", **options) -> Ticket:
        with on(0, clock):
            return TicketFactory(queue=world.support, customer=world.dana, **options)

    return make


def going(ticket: Ticket) -> dict[str, tuple]:
    """Clock by clock: since when, and when due."""
    return {c.kind: (c.since, c.due_at) for c in Clock.objects.going().filter(ticket=ticket)}


def states(ticket: Ticket) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in Clock.objects.filter(ticket=ticket).order_by("id"):
        found.setdefault(each.kind, []).append(each.state)
    return found


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


class TestMerging:
    def test_it_stops_all_and_taking_it_back_lets_them_go_on(self, opened, world):
        ticket, other = opened(), opened()
        with on(0, "11:00"):
            merge(ticket, into=other, by=world.bea)
        assert going(ticket) == {}
        assert due(ticket) is None
        with on(1, "11:00"):
            unmerge(fresh(ticket), by=world.bea)
        assert due(ticket) == at(1, "14:00")
        assert journal(ticket, "first_response") == [
            ("start", at(0, "10:00"), 0),
            ("stop", at(0, "11:00"), HOUR),
            ("resume", at(1, "11:00"), HOUR),
        ]
        # it was not reopened: no new solution
        assert states(ticket) == {"first_response": ["running"], "solution": ["running"]}
        assert disagreements(ticket) == disagreements(other) == []

    def test_a_lock_comes_back_with_it(self, opened, world):
        hours_of_queue(world.support, unlock_after=2 * HOUR)
        ticket, other = opened(), opened()
        with on(0, "10:30"):
            lock(ticket, by=world.bea)
        with on(0, "11:00"):
            merge(ticket, into=other, by=world.bea)
        with on(0, "12:00"):
            unmerge(fresh(ticket), by=world.bea)
        assert fresh(ticket).is_locked
        assert clock(ticket, "lock").due_at == at(0, "14:00")

    def test_what_its_customer_waits_for_is_waited_for_here_and_given_back(self, opened, world):
        survivor, ticket = opened(), opened()
        with on(0, "10:30"):
            reply(survivor, SAY, by=world.bea)
            reply(ticket, SAY, by=world.bea)
        with on(0, "11:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        with on(0, "12:00"):
            merge(ticket, into=survivor, by=world.bea)
        assert going(survivor)["next_response"] == (at(0, "11:00"), at(0, "13:00"))
        with on(0, "12:30"):
            unmerge(fresh(ticket), by=world.bea)
        assert "next_response" not in going(survivor)
        assert states(survivor)["next_response"] == ["cancelled"]
        assert going(ticket)["next_response"] == (at(0, "11:00"), at(0, "13:30"))
        assert due(survivor) == at(0, "16:30")
        assert disagreements(survivor) == disagreements(ticket) == []

    def test_a_wait_of_its_own_goes_on_as_if_nothing_had_been(self, opened, world):
        survivor, ticket = opened(), opened()
        with on(0, "10:30"):
            reply(survivor, SAY, by=world.bea)
            reply(ticket, SAY, by=world.bea)
        with on(0, "11:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        with on(0, "11:30"):
            receive(survivor, SAY, channel="email", by=world.dana)
        with on(0, "12:00"):
            merge(ticket, into=survivor, by=world.bea)
        assert going(survivor)["next_response"] == (at(0, "11:00"), at(0, "13:00"))
        with on(0, "12:10"):
            set_state(survivor, State.objects.get(name="pending reminder"), until=at(9, "10:00"), by=world.bea)
        with on(0, "12:20"):
            set_state(survivor, State.objects.get(name="open"), by=world.bea)
        with on(0, "12:30"):
            unmerge(fresh(ticket), by=world.bea)
        # 11:30 to 12:10 and from 12:20 on
        assert going(survivor)["next_response"] == (at(0, "11:30"), at(0, "13:40"))
        assert sorted(states(survivor)["next_response"]) == ["cancelled", "running"]
        with on(0, "13:00"):
            reply(survivor, SAY, by=world.bea)
        answered = Clock.objects.get(ticket=survivor, kind="next_response", state="met")
        assert (answered.since, answered.spent) == (at(0, "11:30"), 80 * 60)
        assert disagreements(survivor) == disagreements(ticket) == []

    def test_an_answer_to_both_stays_an_answer_here(self, opened, world):
        survivor, ticket = opened(), opened()
        with on(0, "11:00"):
            merge(ticket, into=survivor, by=world.bea)
        with on(0, "12:00"):
            reply(survivor, SAY, by=world.bea)
        with on(0, "13:00"):
            unmerge(fresh(ticket), by=world.bea)
        assert clock(survivor, "first_response").state == "met"
        assert clock(ticket, "first_response").due_at == at(0, "16:00")
        assert "next_response" not in going(survivor)

    def test_merged_again_it_waits_again(self, opened, world):
        survivor, ticket = opened(), opened()
        with on(0, "10:30"):
            reply(survivor, SAY, by=world.bea)
            reply(ticket, SAY, by=world.bea)
        with on(0, "10:45"):
            receive(ticket, SAY, channel="email", by=world.dana)
        for merged, taken_back in (("11:00", "11:10"), ("11:20", "11:40")):
            with on(0, merged):
                merge(fresh(ticket), into=survivor, by=world.bea)
                assert going(survivor)["next_response"][0] == at(0, "10:45")
            with on(0, taken_back):
                unmerge(fresh(ticket), by=world.bea)
        assert states(survivor)["next_response"] == ["cancelled", "cancelled"]
        assert disagreements(survivor) == disagreements(ticket) == []


class TestOffTheDesk:
    @pytest.mark.parametrize("name", ["trash", "spam"])
    def test_it_stops_all_and_restoring_lets_them_go_on(self, opened, world, name):
        ticket = opened()
        with on(0, "11:00"):
            trash(ticket, by=world.bea) if name == "trash" else mark_spam(ticket, world.billing, by=world.bea)
        assert states(ticket) == {"first_response": ["stopped"], "solution": ["stopped"]}
        with on(1, "11:00"):
            restore(fresh(ticket), by=world.bea)
        assert states(ticket) == {"first_response": ["running"], "solution": ["running"]}
        assert going(ticket)["first_response"] == (at(0, "10:00"), at(1, "14:00"))
        assert disagreements(ticket) == []

    def test_a_solved_ticket_stays_solved_in_the_trash_and_out_of_it(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            set_state(ticket, State.objects.get(name="closed successful"), by=world.bea)
        with on(0, "12:00"):
            trash(fresh(ticket), by=world.bea)
        with on(0, "13:00"):
            restore(fresh(ticket), by=world.bea)
        assert states(ticket) == {"first_response": ["stopped"], "solution": ["met"]}
        assert clock(ticket, "solution").spent == HOUR


class TestForwarding:
    def test_a_mail_to_a_supplier_is_no_answer(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            to = [{"name": "", "address": "supplier@parts.example"}]
            forward(ticket, Message(text="Please look", to=to), by=world.bea)
        assert clock(ticket, "first_response").state == "running"
        assert "update" not in going(ticket)

    def test_but_it_is_work_on_the_ticket(self, opened, world):
        hours_of_queue(world.support, unlock_after=2 * HOUR)
        ticket = opened()
        with on(0, "10:00"):
            lock(ticket, by=world.bea)
        with on(0, "11:00"):
            to = [{"name": "", "address": "supplier@parts.example"}]
            forward(ticket, Message(text="Please look", to=to), by=world.bea)
        assert clock(ticket, "lock").due_at == at(0, "13:00")


class TestTakingBack:
    def answer(self, ticket: Ticket, world, moment: str, *, seconds: int = 30) -> Article:
        with on(0, moment) as now:
            waits = Message(text="Hello", send_at=now + timedelta(seconds=seconds))
            return reply(ticket, waits, by=world.bea, then=State.objects.get(name="open"))

    def test_it_was_never_given(self, opened, world):
        ticket = opened()
        article = self.answer(ticket, world, "11:00")
        assert clock(ticket, "first_response").state == "met"
        with on(0, "11:00"):
            take_back(article, by=world.bea)
        assert going(ticket) == {
            "first_response": (at(0, "10:00"), at(0, "14:00")),
            "solution": (at(0, "10:00"), at(2, "10:00")),
        }
        assert disagreements(ticket) == []

    def test_life_goes_on_after_it(self, opened, world):
        ticket = opened()
        self.answer(ticket, world, "10:30")
        with on(0, "11:00"):
            receive(ticket, SAY, channel="email", by=world.dana)
        article = self.answer(ticket, world, "11:30", seconds=3600)
        with on(0, "12:00"):
            take_back(article, by=world.bea)
        assert going(ticket)["update"] == (at(0, "10:30"), at(0, "16:30"))
        with on(0, "12:10"):
            receive(ticket, SAY, channel="email", by=world.dana)
        with on(0, "12:30"):
            reply(ticket, SAY, by=world.bea)
        with on(0, "12:40"):
            add_note(ticket, SAY, by=world.bea)
        assert states(ticket)["next_response"] == ["met"]
        assert clock(ticket, "next_response").spent == 90 * 60
        assert states(ticket)["update"] == ["met", "cancelled", "running"]
        assert disagreements(ticket) == []

    def test_an_answer_to_a_waiting_ticket_leaves_it_waiting(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            set_state(ticket, State.objects.get(name="pending reminder"), until=at(9, "10:00"), by=world.bea)
        with on(0, "14:00") as now:
            article = reply(ticket, Message(text="Hello", send_at=now + timedelta(seconds=30)), by=world.bea)
            take_back(article, by=world.bea)
        found = clock(ticket, "first_response")
        assert (found.state, found.spent, found.due_at) == ("paused", HOUR, None)
        assert disagreements(ticket) == []

    def test_another_answer_meanwhile_counts(self, opened, world):
        ticket = opened()
        article = self.answer(ticket, world, "11:00", seconds=7200)
        with on(0, "11:30"):
            reply(ticket, SAY, by=world.carlos)
        with on(0, "12:00"):
            take_back(article, by=world.bea)
        found = clock(ticket, "first_response")
        assert (found.state, found.spent, found.ended_at) == ("met", 90 * 60, at(0, "11:30"))
        assert going(ticket)["update"] == (at(0, "11:30"), at(1, "09:30"))
        assert disagreements(ticket) == []

    def test_its_explanation_has_no_holes(self, opened, world):
        ticket = opened()
        article = self.answer(ticket, world, "11:00")
        with on(0, "11:00"):
            take_back(article, by=world.bea)
        intervals = explain(clock(ticket, "first_response"), at(0, "12:00"))
        assert [(each.kind, each.total) for each in intervals] == [
            ("start", HOUR),
            ("met", HOUR),
            ("revoke", 2 * HOUR),
        ]
        assert all(before.end == after.begin for before, after in zip(intervals, intervals[1:], strict=False))


class TestSplitting:
    def test_the_new_ticket_has_clocks_of_its_own(self, opened, world):
        ticket = opened()
        with on(0, "11:00"):
            article = receive(ticket, Message(text="And my invoice?"), channel="email", by=world.dana)
        opening = Opening(title="Invoice", queue=world.support, customer=world.dana, channel="email")
        with on(0, "12:00"):
            new = split(article, opening, by=world.bea).ticket
        assert going(new) == {
            "first_response": (at(0, "12:00"), at(0, "16:00")),
            "solution": (at(0, "12:00"), at(2, "12:00")),
        }
        assert going(ticket)["first_response"] == (at(0, "10:00"), at(0, "14:00"))
        assert disagreements(new) == disagreements(ticket) == []


def test_many_at_once_move_the_clocks_of_each(opened, world):
    tickets = [opened() for _n in range(3)]
    with on(0, "12:00"):
        closed = State.objects.get(name="closed successful")
        run_job(start_job(tickets, [{"do": "state", "to": closed.pk}], by=world.bea))
    for ticket in tickets:
        assert states(ticket) == {"first_response": ["stopped"], "solution": ["met"]}
        assert disagreements(ticket) == []


class TestUnlocking:
    """End to end: by the sweep, in business time, with an event that says why; and not when somebody works on it."""

    @pytest.fixture(autouse=True)
    def hours(self, world, office):
        hours_of_queue(world.support, unlock_after=2 * HOUR)

    def test_it_is_unlocked_in_business_time_by_us(self, opened, world):
        ticket = opened()
        with on(0, "16:00"):
            lock(ticket, by=world.bea)
        with on(1, "09:59"):
            sweeping.sweep()
        assert fresh(ticket).is_locked
        with on(1, "10:00"):
            sweeping.sweep()
            sweeping.sweep()
        event = fresh(ticket).events.filter(kind="lock.changed").last()
        assert (event.actor, event.cause_kind, event.at) == (system_actor("sla"), "clock", at(1, "10:00"))
        assert not fresh(ticket).is_locked
        assert fresh(ticket).owner == world.bea
        assert clock(ticket, "lock").state == "met"
        assert fresh(ticket).events.filter(kind="lock.changed").count() == 2
        assert disagreements(ticket) == []

    def test_whoever_locks_it_again_has_all_the_time_again(self, opened, world):
        ticket = opened()
        with on(0, "10:00"):
            lock(ticket, by=world.bea)
        with on(0, "12:00"):
            sweeping.sweep()
            lock(fresh(ticket), by=world.carlos)
        with on(0, "13:59"):
            sweeping.sweep()
        assert fresh(ticket).is_locked
        with on(0, "14:00"):
            sweeping.sweep()
        assert not fresh(ticket).is_locked
        assert disagreements(ticket) == []
