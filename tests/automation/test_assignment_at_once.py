"""Many workers at once: turns are kept, nobody gets more than they can take, every ticket is given once."""

from collections import Counter

import pytest

from automation import giving
from automation.models import AgentProfile, Decision, Method, QueueAssignment, Turns, Waiting
from automation.tasks import try_waiting
from tests.factories import AgentFactory, TicketFactory, role
from tests.tickets.test_concurrency import at_once
from tickets.events import broken_links
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4


def given() -> Counter:
    return Counter(Ticket.objects.filter(owner__isnull=False).values_list("owner", flat=True))


def give_all(tickets: list[Ticket]) -> None:
    def give_mine(n: int) -> None:
        for ticket in tickets[n::THREADS]:
            giving.give(Ticket.objects.get(pk=ticket.pk))

    at_once(THREADS, give_mine)


@pytest.mark.parametrize("method", [Method.ROUND_ROBIN, Method.LEAST_LOAD])
def test_K03_turns_are_kept_by_several_workers(world, method):
    QueueAssignment.objects.create(queue=world.support, method=method)
    give_all([TicketFactory(queue=world.support, customer=world.dana) for _n in range(18)])
    assert sorted(given().values()) == [6, 6, 6]
    assert Turns.objects.get().number == 18
    assert Decision.objects.filter(agent__isnull=False).count() == 18


def test_K03_the_same_ticket_is_given_once(world):
    QueueAssignment.objects.create(queue=world.support, method=Method.ROUND_ROBIN)
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    at_once(THREADS, lambda _n: giving.give(Ticket.objects.get(pk=ticket.pk)))
    assert Event.objects.filter(kind="owner.changed").count() == 1
    assert Turns.objects.get().number == 1
    assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []


def test_K03_limits_hold_over_several_queues(world):
    """Bea works in both queues, whose turns are counted apart: her own row is what two workers meet at."""
    others = [AgentFactory() for _n in range(2)]
    role("Others", *others, write=world.billing)
    for queue in (world.support, world.billing):
        QueueAssignment.objects.create(queue=queue, method=Method.ROUND_ROBIN)
    for agent in (world.alex, world.bea, world.carlos, *others):
        AgentProfile.objects.create(user=agent, limit=3)
    queues = [world.support, world.billing] * 10
    give_all([TicketFactory(queue=queue, customer=world.dana) for queue in queues])
    assert set(given().values()) == {3}
    assert sum(given().values()) == 15
    assert Waiting.objects.count() == 5


def test_F17_a_wake_up_that_comes_twice_gives_once(world):
    QueueAssignment.objects.create(queue=world.support, method=Method.ROUND_ROBIN)
    AgentProfile.objects.bulk_create(
        AgentProfile(user=agent, is_available=False) for agent in (world.alex, world.bea, world.carlos)
    )
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    giving.give(ticket)
    AgentProfile.objects.update(is_available=True)
    waiting = Waiting.objects.get()
    Waiting.objects.update(due_at=waiting.since)
    at_once(THREADS, lambda _n: try_waiting(waiting.pk))
    assert Event.objects.filter(kind="owner.changed").count() == 1
    assert not Waiting.objects.exists()
