"""How many open tickets an SLA would have where it stands, and how many only fit it."""

import pytest

from sla.actions import choose_policy
from sla.fitting import fitting
from sla.models import Policy
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR
from tickets.actions.progress import set_state
from tickets.conditions import ConditionError
from tickets.models import State

ALL = {"all": []}


def of(queue) -> dict:
    return {"field": "queue", "is": queue.pk}


@pytest.fixture
def tickets(world):
    """Two in Support, one in Billing, and a closed one."""
    made = [TicketFactory(queue=queue) for queue in (world.support, world.support, world.billing, world.support)]
    set_state(made[-1], State.objects.get(name="closed successful"), by=world.bea)
    return made


def numbers(policy: Policy, condition=ALL) -> tuple[int, int]:
    found = fitting(policy, condition)
    return found.getting.count(), found.taken.count()


def test_the_first_that_fits_has_them(world, sla, tickets):
    first = sla("First", solution=HOUR, condition=of(world.support), position=1)
    second = sla("Second", solution=HOUR, position=2)
    assert numbers(first, of(world.support)) == (2, 0)
    assert numbers(second) == (1, 2)
    assert numbers(Policy(name="New", position=3)) == (0, 3)
    assert numbers(Policy(name="New", position=0)) == (3, 0)


def test_at_the_same_place_names_decide(world, sla, tickets):
    sla("Middle", solution=HOUR, position=1)
    assert numbers(Policy(name="Above", position=1)) == (3, 0)
    assert numbers(Policy(name="Nether", position=1)) == (0, 3)


def test_what_is_inactive_chosen_only_or_unreadable_takes_nothing(world, sla, tickets):
    sla("Inactive", solution=HOUR, position=1, is_active=False)
    sla("Chosen", solution=HOUR, position=2, condition=None)
    broken = sla("Broken", solution=HOUR, position=3)
    Policy.objects.filter(pk=broken.pk).update(condition={"field": "gone", "is": 1})
    assert numbers(Policy(name="New", position=4)) == (3, 0)


def test_what_people_chose_stays_chosen(world, sla, tickets):
    hand, other = sla("Hand", solution=HOUR, position=9), Policy(name="New", position=1)
    choose_policy(tickets[0], hand, by=world.bea)
    choose_policy(tickets[1], None, by=world.bea)
    assert numbers(other) == (1, 2)
    assert numbers(hand, of(world.support)) == (1, 1)


def test_a_condition_that_cannot_be_read_is_refused(world):
    with pytest.raises(ConditionError):
        fitting(Policy(name="New"), {"field": "nothing", "is": 1})
