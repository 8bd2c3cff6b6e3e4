"""How clocks stand at a moment: what is left, in business time, and how pressing that is."""

from datetime import UTC, datetime

import pytest

from sla.hours import ALWAYS, read
from sla.queries import Expected, expectations
from sla.reasons import Reason, Why, reason_for
from sla.standing import Look, deadlines_of, latest_clocks, standing_of
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, OFFICE, at, clock, hours_of_queue, on
from tickets.actions.progress import set_state
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import State, Ticket


def opened(world, day: int = 0, moment: str = "10:00", **options) -> Ticket:
    with on(day, moment):
        return TicketFactory(queue=world.support, customer=world.dana, **options)


class TestStretch:
    office = read({"zone": "UTC", "hours": OFFICE})

    @pytest.mark.parametrize(
        ("moment", "begin", "end"),
        [
            (at(0, "10:00"), at(0, "10:00"), at(0, "17:00")),
            (at(0, "17:00"), at(1, "09:00"), at(1, "17:00")),
            (at(5, "12:00"), at(7, "09:00"), at(7, "17:00")),
        ],
    )
    def test_it_is_the_opening_that_one_is_in_or_the_next(self, moment, begin, end):
        assert self.office.stretch(moment) == (begin, end)

    def test_what_is_open_through_midnight_is_followed(self):
        night = read({"zone": "UTC", "hours": {"mon": [["22:00", "06:00"]]}})
        assert night.stretch(at(0, "23:00")) == (at(0, "23:00"), at(1, "06:00"))
        begin, end = ALWAYS.stretch(at(0, "10:00"))
        assert (begin, (end - begin).days) == (at(0, "10:00"), 7)

    def test_what_never_opens_has_none(self):
        assert read({"zone": "UTC", "hours": {}}).stretch(at(0, "10:00")) is None

    def test_a_piece_of_the_day_of_changing_clocks(self):
        berlin = read({"zone": "Europe/Berlin", "hours": {"sun": [["01:00", "04:00"]]}})
        spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
        begin, end = berlin.stretch(spring)
        assert (begin, end) == (spring, datetime(2026, 3, 29, 2, tzinfo=UTC))


class TestStanding:
    @pytest.mark.parametrize(
        ("day", "moment", "look", "left"),
        [
            (0, "11:00", Look.FINE, 3 * HOUR),
            (0, "13:00", Look.SOON, HOUR),
            (0, "14:00", Look.LATE, 0),
            (0, "16:30", Look.LATE, -2.5 * HOUR),
            # the night does not count
            (1, "09:30", Look.LATE, -3.5 * HOUR),
        ],
    )
    def test_what_is_left_is_business_time(self, world, sla, day, moment, look, left):
        sla(first_response=4 * HOUR)
        ticket = opened(world)
        standing = standing_of(clock(ticket, "first_response"), at(day, moment))
        assert (standing.look, standing.left, standing.due_at) == (look, left, at(0, "14:00"))

    def test_a_warning_makes_it_pressing_long_before_the_last_hour(self, world, sla):
        sla(solution=40 * HOUR, warnings=[10])
        ticket = opened(world)
        with on(0, "15:00"):
            set_state(ticket, State.objects.get(name="open"), by=world.bea)
        assert standing_of(clock(ticket, "solution"), at(0, "15:00")).look == Look.SOON

    def test_what_waits_stands_still(self, world, sla):
        sla(solution=8 * HOUR)
        ticket = opened(world)
        with on(0, "12:00"):
            set_state(ticket, State.objects.get(name="pending reminder"), until=at(3, "12:00"), by=world.bea)
        standing = standing_of(clock(ticket, "solution"), at(2, "12:00"))
        assert (standing.look, standing.left, standing.counts) == (Look.PAUSED, 6 * HOUR, None)

    def test_what_was_kept_and_what_was_not(self, world, sla):
        sla(first_response=HOUR)
        early, late = opened(world), opened(world)
        for ticket, moment in ((early, "10:30"), (late, "12:00")):
            with on(0, moment):
                reply(ticket, Message(text="Hello"), by=world.bea)
        now = at(0, "13:00")
        assert standing_of(clock(early, "first_response"), now).look == Look.MET
        found = standing_of(clock(late, "first_response"), now)
        assert (found.look, found.left) == (Look.MISSED, -HOUR)

    def test_a_ticket_is_as_pressing_as_its_most_pressing_clock(self, world, sla, queries):
        sla(first_response=4 * HOUR, solution=2 * HOUR)
        tickets = [opened(world) for _number in range(3)]
        with on(0, "10:30"):
            set_state(tickets[2], State.objects.get(name="pending reminder"), until=at(3, "12:00"), by=world.bea)
        deadlines_of(tickets[:1], at(0, "11:00"))
        with queries() as counted:
            found = deadlines_of(tickets, at(0, "11:00"))
        assert len(counted) == 1
        assert [found[ticket.pk].kind for ticket in tickets[:2]] == ["solution", "solution"]
        assert (found[tickets[2].pk].look, found[tickets[2].pk].kind) == (Look.PAUSED, "solution")

    def test_the_stored_deadline_is_that_of_the_chip(self, world, sla):
        sla(first_response=4 * HOUR, solution=9 * HOUR)
        hours_of_queue(world.support, stay=3 * HOUR)
        ticket = opened(world)
        ticket.refresh_from_db()
        assert deadlines_of([ticket], at(0, "11:00"))[ticket.pk].due_at == ticket.due_at == at(0, "13:00")

    def test_clocks_come_in_the_order_of_promises(self, world, sla):
        sla(first_response=HOUR, solution=HOUR, update=HOUR)
        hours_of_queue(world.support, stay=HOUR)
        ticket = opened(world)
        with on(0, "10:30"):
            reply(ticket, Message(text="Hello"), by=world.bea)
        kinds = [each.kind for each in latest_clocks(ticket)]
        assert kinds == ["first_response", "update", "solution", "stay"]


class TestReasons:
    def test_a_condition_a_queue_a_person_or_nothing(self, world, office, sla):
        assert reason_for(opened(world)) == Reason(None, Why.NOTHING)
        gold = sla(solution=HOUR, condition={"field": "title", "contains": "Gold"})
        rest = sla("Rest", solution=HOUR, condition=None)
        hours_of_queue(world.support, policy=rest)
        assert reason_for(opened(world, title="Gold please")) == Reason(gold, Why.CONDITION)
        plain = opened(world, title="Plain")
        assert reason_for(plain) == Reason(rest, Why.QUEUE, queue=world.support)


class TestExpectations:
    def test_the_first_promise_that_runs_counts(self, world, sla, queries):
        sla(first_response=2 * HOUR, update=HOUR, solution=HOUR)
        waiting, silent, answered = opened(world), opened(world), opened(world)
        with on(0, "10:30"):
            set_state(silent, State.objects.get(name="pending reminder"), until=at(3, "12:00"), by=world.bea)
            reply(answered, Message(text="Hello"), by=world.bea)
        with queries() as counted:
            found = expectations([waiting, silent, answered])
        assert len(counted) == 1
        assert found == {
            waiting.pk: Expected(at(0, "12:00"), answers=True),
            silent.pk: Expected(None),
            answered.pk: Expected(at(0, "11:30")),
        }
