"""Requests in each stage of their life, as the portal shows them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import TicketFactory
from tests.sla.conftest import office, sla  # noqa: F401 - fixtures
from tickets.actions.progress import set_state
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import State, Ticket


def state(name: str) -> State:
    return State.objects.get(name=name)


def answered(ticket: Ticket, text: str, *, by, name: str = "pending reminder") -> Ticket:
    until = timezone.now() + timedelta(days=1) if name.startswith("pending") else None
    reply(ticket, Message(text=text), by=by, then=state(name), until=until)
    ticket.refresh_from_db()
    return ticket


def closed(ticket: Ticket, *, by, name: str = "closed successful") -> Ticket:
    set_state(ticket, state(name), by=by)
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer hums", body="It hums and blinks.")


@pytest.fixture
def dana(world, signed_in):
    return signed_in(world.dana)


@pytest.fixture
def erik(world, signed_in):
    return signed_in(world.erik)
