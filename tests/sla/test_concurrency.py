"""Many at once: every mark is told once, whoever sweeps, works or dies meanwhile."""

from collections import Counter

import pytest
from django.db import transaction

from accounts.models import User
from sla import sweeping
from sla.journals import disagreements
from sla.models import Clock
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, at, clock, due, on
from tests.tickets.test_concurrency import at_once
from tickets.actions.replying import receive, reply
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

SAY = Message(text="Hello")


@pytest.fixture
def tickets(world, sla):
    sla(first_response=2 * HOUR, next_response=HOUR, warnings=[50], levels=[HOUR])
    with on(0, "10:00"):
        return [TicketFactory(queue=world.support, customer=world.dana) for _n in range(8)]


def told() -> Counter:
    events = Event.objects.filter(kind__startswith="sla.")
    return Counter((event.ticket_id, event.kind) for event in events)


def test_F12_several_sweeps_at_once_tell_everything_once(tickets):
    def sweep(_n: int) -> int:
        with on(0, "16:00"):
            return sweeping.sweep()

    results = at_once(4, sweep)
    with on(0, "16:00"):
        rest = sweeping.sweep()  # what one had in its hands when another came by
    assert sum(results) + rest == 8 * 3
    assert set(told().values()) == {1}
    assert len(told()) == 8 * 3
    for ticket in tickets:
        assert disagreements(ticket) == []
        assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []


def test_sweeps_and_answers_at_once(tickets, world):
    """Whoever comes first: the breach is told once, the clock ends once, nobody waits for anybody in a circle."""

    def act(n: int) -> None:
        with on(0, "12:30"):
            if n % 2:
                sweeping.sweep()
            else:
                for ticket in tickets:
                    reply(ticket, SAY, by=User.objects.get(pk=world.bea.pk))

    at_once(4, act)
    assert set(told().values()) == {1}
    assert {kind for _ticket, kind in told()} == {"sla.warned", "sla.breached"}
    for ticket in tickets:
        assert clock(ticket, "first_response").state == "met"
        assert disagreements(ticket) == []


def test_F03_what_dies_half_way_has_told_nothing(tickets, monkeypatch):
    """A worker that is killed between the event and the end of its transaction: the next one tells it."""
    write = sweeping.write_clocks

    def die(cases) -> None:
        write(cases)
        raise SystemExit

    monkeypatch.setattr(sweeping, "write_clocks", die)
    with on(0, "11:00"), pytest.raises(SystemExit):
        sweeping.sweep()
    assert told() == {}
    monkeypatch.undo()
    with on(0, "11:00"):
        assert sweeping.sweep() == 8
    assert set(told().values()) == {1}


def test_a_ticket_in_other_hands_is_passed_by(tickets):
    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=tickets[0].pk)

        def sweep(_n: int) -> int:
            with on(0, "11:00"):
                return sweeping.sweep()

        assert at_once(1, sweep) == [7]
    with on(0, "11:00"):
        assert sweeping.sweep() == 1


def test_messages_at_once_make_one_clock(tickets, world):
    ticket = tickets[0]
    with on(0, "10:30"):
        reply(ticket, SAY, by=world.bea)

    def write(_n: int) -> None:
        with on(0, "11:00"):
            receive(ticket, SAY, channel="email", by=User.objects.get(pk=world.dana.pk))

    at_once(5, write)
    assert Clock.objects.filter(ticket=ticket, kind="next_response").count() == 1
    assert disagreements(ticket) == []


def test_F09_a_clock_that_jumps_back_tells_nothing_twice(tickets, world):
    with on(0, "12:30"):
        sweeping.sweep()
    before = told()
    with on(0, "10:30"):
        assert sweeping.sweep() == 0
        reply(tickets[0], SAY, by=world.bea)
    with on(0, "12:40"):
        assert sweeping.sweep() == 0
    assert told() == before
    assert due(tickets[1]) == at(0, "12:00")
    assert disagreements(tickets[0]) == []
