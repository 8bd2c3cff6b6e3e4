"""A ticket is read anew only after something has happened to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import TicketFactory
from tickets.actions.fields import set_title
from tickets.fresh import NEIGHBOURS, as_it_is
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world) -> Ticket:
    made = TicketFactory(queue=world.support)
    return as_it_is(Ticket.objects.get(pk=made.pk))


def test_it_comes_with_its_neighbours_and_stays_the_same_for_one_small_question(ticket, queries):
    as_it_is(ticket)
    with queries() as counted:
        assert as_it_is(ticket) is ticket
        assert [str(getattr(ticket, name)) for name in NEIGHBOURS][:1] == ["Support"]
    assert len(counted) == 1


def test_it_is_read_anew_after_an_event(ticket, world):
    set_title(ticket, "Another title", by=world.bea)
    now = as_it_is(ticket)
    assert now is not ticket
    assert (now.title, now.version) == ("Another title", ticket.version + 1)


def test_when_it_is_due_is_always_as_it_is_now(ticket):
    due = timezone.now() + timedelta(hours=1)
    Ticket.objects.update(due_at=due)  # as the SLA app does, without an event
    assert as_it_is(ticket).due_at == due
    Ticket.objects.update(due_at=None)
    assert as_it_is(ticket).due_at is None


def test_one_that_is_gone_is_not_there(ticket):
    ticket.pk += 1
    with pytest.raises(Ticket.DoesNotExist):
        as_it_is(ticket)
