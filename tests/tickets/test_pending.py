"""Time passes: what waits goes on by itself or reminds, once, and says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.clock import pretend
from tests.factories import TicketFactory
from tickets.actions import progress
from tickets.actions.progress import set_state, solve
from tickets.models import FieldDefinition, State
from tickets.sentences import cause_of, sentence_of
from tickets.tasks import wake_pending
from tickets.views import VIEW, tickets_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(world):
    """Puts a ticket into a status that waits for an hour."""

    def put(name: str):
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        set_state(ticket, State.objects.get(name=name), until=timezone.now() + timedelta(hours=1), by=world.bea)
        return ticket

    return put


def after(hours: float) -> None:
    with pretend(timezone.now() + timedelta(hours=hours)):
        wake_pending()


def test_a_reminder_reminds_once_and_is_in_its_view(world, waiting):
    ticket = waiting("pending reminder")
    after(0.5)
    assert ticket.events.filter(kind="pending.reached").count() == 0
    for hours in (1.5, 2):
        after(hours)
    ticket.refresh_from_db()
    event = ticket.events.get(kind="pending.reached")
    assert (sentence_of(event), cause_of(event)) == ("The waiting time is over", "because the time had come")
    assert (ticket.state.name, ticket.pending_done) == ("pending reminder", True)
    with pretend(timezone.now() + timedelta(hours=2)):
        assert list(tickets_in(VIEW["reminder"], world.bea)) == [ticket]


@pytest.mark.parametrize(
    ("name", "then"),
    [("pending auto close+", "closed successful"), ("pending auto close-", "closed unsuccessful")],
)
def test_what_goes_on_by_itself_is_closed(waiting, name, then):
    ticket = waiting(name)
    after(1.5)
    ticket.refresh_from_db()
    assert (ticket.state.name, ticket.is_open, ticket.pending_until) == (then, False, None)
    assert sentence_of(ticket.events.latest("id")).startswith("Helpdesk closed it as")
    after(2)
    assert ticket.events.filter(kind="ticket.closed").count() == 1


def test_what_cannot_be_closed_reminds_instead(waiting):
    ticket = waiting("pending auto close+")
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    after(1.5)
    ticket.refresh_from_db()
    assert (ticket.is_open, ticket.pending_done) == (True, True)


def test_whoever_answers_before_is_not_reminded(world, waiting):
    ticket = waiting("pending reminder")
    set_state(ticket, State.objects.get(name="open"), by=world.bea)
    after(2)
    assert not ticket.events.filter(kind="pending.reached").exists()


def test_a_new_time_reminds_anew(world, waiting):
    ticket = waiting("pending reminder")
    after(1.5)
    later = timezone.now() + timedelta(hours=5)
    set_state(ticket, State.objects.get(name="pending reminder"), until=later, by=world.bea)
    after(2)
    assert ticket.events.filter(kind="pending.reached").count() == 1
    after(6)
    assert ticket.events.filter(kind="pending.reached").count() == 2


def test_one_that_fails_does_not_hold_up_the_others(waiting, monkeypatch):
    tickets = [waiting("pending reminder") for _ in range(3)]
    real = progress.wake_up

    def stumble(ticket, **how):
        if ticket.pk == tickets[0].pk:
            raise RuntimeError("stumbled")
        return real(ticket, **how)

    monkeypatch.setattr("tickets.tasks.progress.wake_up", stumble)
    after(1.5)
    assert [ticket.events.filter(kind="pending.reached").count() for ticket in tickets] == [0, 1, 1]


def test_a_customer_solves_once(world, waiting):
    ticket = waiting("pending reminder")
    assert solve(ticket, by=world.dana).kind == "ticket.closed"
    ticket.refresh_from_db()
    assert solve(ticket, by=world.dana) is None
    assert ticket.pending_until is None
