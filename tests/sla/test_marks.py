"""Warnings, breaches and levels: told once each, in order, however late the sweep comes."""

import pytest

from sla import sweeping
from sla.journals import disagreements, steps_of
from sla.models import Clock
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, at, clock, due, hours_of_queue, on
from tickets.actions.progress import set_priority, set_state
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import lock
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Event, Priority, State, Ticket
from tickets.sentences import known_sentences, sentence_of

pytestmark = pytest.mark.django_db

SAY = Message(text="Hello")


def told(ticket: Ticket | None = None) -> list[tuple[str, str]]:
    """What clocks have said, and when it was due."""
    events = Event.objects.filter(kind__startswith="sla.").order_by("id")
    if ticket:
        events = events.filter(ticket=ticket)
    return [
        (
            event.kind + str(event.data.get("percent", event.data.get("level", {})).get("now", "")),
            event.data["due"]["now"][5:16],
        )
        for event in events
    ]


@pytest.fixture
def gold(sla):
    return sla(first_response=4 * HOUR, warnings=[50, 75], levels=[HOUR, 8 * HOUR])


@pytest.fixture
def ticket(world, gold):
    with on(0, "10:00"):
        return TicketFactory(queue=world.support, customer=world.dana)


def test_each_is_told_when_its_time_has_come_and_once(ticket):
    expected = []
    for moment, news in [
        (at(0, "11:59"), []),
        (at(0, "12:00"), [("sla.warned50", "03-02T12:00")]),
        (at(0, "12:01"), []),
        (at(0, "13:00"), [("sla.warned75", "03-02T13:00")]),
        (at(0, "14:00"), [("sla.breached", "03-02T14:00")]),
        (at(0, "15:00"), [("sla.escalated1", "03-02T15:00")]),
        (at(1, "13:59"), []),
        (at(1, "14:00"), [("sla.escalated2", "03-03T14:00")]),
        (at(9, "14:00"), []),
    ]:
        with on((moment - at(0, "00:00")).days, moment.strftime("%H:%M")):
            assert sweeping.sweep() == len(news)
        expected += news
        assert told() == expected
    assert due(ticket) == at(0, "14:00")
    assert disagreements(ticket) == []
    assert broken_links(ticket) == []


def test_after_an_outage_all_are_told_in_the_order_of_time(world, gold):
    tickets = []
    for minute in (0, 30, 45):
        with on(0, f"10:{minute:02}"):
            tickets.append(TicketFactory(queue=world.support, customer=world.dana))
    with on(0, "16:50"):
        assert sweeping.sweep() == 12
        assert sweeping.sweep() == 0
    moments = [moment for _kind, moment in told()]
    assert moments == sorted(moments)
    assert len(set(told(tickets[0]))) == len(told(tickets[0])) == 4


def test_small_batches_keep_the_order(world, gold, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    test_after_an_outage_all_are_told_in_the_order_of_time(world, gold)


def test_an_answer_that_comes_before_the_sweep_does_not_hide_the_breach(ticket, world):
    with on(0, "14:30"):
        reply(ticket, SAY, by=world.bea)
        assert sweeping.sweep() == 0
    assert [kind for kind, _at in told()] == ["sla.warned50", "sla.warned75", "sla.breached"]
    assert (clock(ticket, "first_response").state, clock(ticket, "first_response").late_by) == ("met", 1800)
    assert disagreements(ticket) == []
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert broken_links(fresh) == []
    assert fresh.version == fresh.events.count()


def test_waiting_tickets_are_silent(ticket, world):
    with on(0, "11:00"):
        set_state(ticket, State.objects.get(name="pending reminder"), until=at(5, "10:00"), by=world.bea)
    with on(4, "10:00"):
        assert sweeping.sweep() == 0


def test_a_shorter_target_tells_only_the_last_of_what_lies_behind(world, sla):
    sla(solution=40 * HOUR, high={"solution": HOUR}, warnings=[50])
    with on(0, "10:00"):
        ticket = TicketFactory(queue=world.support, customer=world.dana)
    with on(0, "13:00"):
        set_priority(ticket, Priority.objects.get(level=5), by=world.bea)
        assert sweeping.sweep() == 1
    assert told() == [("sla.breached", "03-02T13:00")]
    assert due(ticket) == at(0, "13:00")


def test_a_longer_target_promises_anew(world, sla):
    sla(solution=40 * HOUR, high={"solution": HOUR})
    with on(0, "10:00"):
        ticket = TicketFactory(queue=world.support, customer=world.dana, priority=Priority.objects.get(level=5))
    with on(0, "12:00"):
        sweeping.sweep()
        set_priority(ticket, Priority.objects.get(level=3), by=world.bea)
        assert due(ticket) == at(5 + 2, "10:00")
    with on(7, "10:00"):
        assert sweeping.sweep() == 1
    assert [kind for kind, _at in told()] == ["sla.breached", "sla.breached"]


def test_who_is_told_next_and_when(ticket):
    with on(0, "12:30"):
        sweeping.sweep()
        steps = steps_of(clock(ticket, "first_response"))
    assert [(step.mark, step.told, step.at) for step in steps] == [
        ("w50", True, at(0, "12:30")),
        ("w75", False, at(0, "13:00")),
        ("breach", False, at(0, "14:00")),
        ("l1", False, at(0, "15:00")),
        ("l2", False, at(1, "14:00")),
    ]


def test_events_speak(ticket):
    with on(1, "15:00"):
        sweeping.sweep()
    said = [sentence_of(event) for event in Event.objects.filter(kind__startswith="sla.").order_by("id")]
    assert said == [
        "First response: 50% of the time had passed by 2 Mar, 12:00",
        "First response: 75% of the time had passed by 2 Mar, 13:00",
        "First response: the time ran out on 2 Mar, 14:00",
        "First response: escalation level 1 was reached on 2 Mar, 15:00",
        "First response: escalation level 2 was reached on 3 Mar, 14:00",
    ]
    assert {"sla.warned", "sla.breached", "sla.escalated", "sla.changed"} <= set(known_sentences())


def test_a_ticket_that_fails_stops_no_other(world, gold, monkeypatch):
    with on(0, "10:00"):
        first, second = (TicketFactory(queue=world.support, customer=world.dana) for _n in range(2))
    tell = sweeping.tell

    def fail(case, *args, **options):
        if case.ticket == first:
            raise RuntimeError("broken")
        return tell(case, *args, **options)

    monkeypatch.setattr(sweeping, "tell", fail)
    with on(0, "12:00"):
        assert sweeping.sweep() == 1
    assert told(second) == [("sla.warned50", "03-02T12:00")]
    assert told(first) == []


class TestUnlocking:
    @pytest.fixture(autouse=True)
    def hours(self, world, office):
        return hours_of_queue(world.support, unlock_after=2 * HOUR)

    @pytest.fixture
    def locked(self, world):
        with on(0, "15:00"):
            ticket = TicketFactory(queue=world.support, customer=world.dana)
            lock(ticket, by=world.bea)
        return ticket

    def is_locked(self, ticket) -> bool:
        sweeping.sweep()
        return Ticket.objects.get(pk=ticket.pk).is_locked

    def test_after_business_time_without_work_others_may_take_it(self, locked):
        assert due(locked) is None
        with on(0, "16:59"):
            assert self.is_locked(locked)
        with on(0, "17:01"):
            assert not self.is_locked(locked)
        event = locked.events.last()
        assert (event.kind, event.actor.system_key, event.cause_kind) == ("lock.changed", "sla", "clock")
        assert disagreements(locked) == []

    def test_work_holds_it(self, locked, world):
        with on(0, "16:00"):
            add_note(locked, SAY, by=world.bea)
        with on(1, "09:59"):
            assert self.is_locked(locked)
        with on(1, "10:00"):
            assert not self.is_locked(locked)
        assert disagreements(locked) == []

    def test_the_customers_first_word_after_it_holds_it_the_next_does_not(self, locked, world):
        with on(0, "15:10"):
            reply(locked, SAY, by=world.bea)
        for moment in ("15:30", "16:30"):
            with on(0, moment):
                receive(locked, SAY, channel="email", by=world.dana)
        assert clock(locked, "lock").due_at == at(1, "09:30")

    def test_waiting_tickets_stay_locked(self, locked, world):
        with on(0, "15:30"):
            set_state(locked, State.objects.get(name="pending reminder"), until=at(5, "10:00"), by=world.bea)
        with on(4, "12:00"):
            assert self.is_locked(locked)

    def test_closing_ends_it(self, locked, world):
        with on(0, "15:30"):
            set_state(locked, State.objects.get(name="closed successful"), by=world.bea)
        assert clock(locked, "lock").state == "met"


def test_the_cost_of_a_sweep_follows_what_is_due(world, gold, queries):
    with on(0, "10:00"):
        for _n in range(6):
            TicketFactory(queue=world.support, customer=world.dana)
    with on(0, "11:00"), queries() as idle:
        sweeping.sweep()
    assert len(idle) == 1
    Clock.objects.filter(pk__gt=Clock.objects.order_by("id")[1].pk).update(fires_at=at(20, "10:00"))
    with on(0, "12:00"), queries() as two:
        assert sweeping.sweep() == 2
    assert len(two) <= 7 + 2 * 8
