"""Tickets as agents meet them, browsers of the agents, and a way to ask for parts of a page."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from mail.intake import Envelope, accept, process
from mail.models import Incoming
from tests import factories
from tests.conftest import World
from tests.factories import TicketFactory
from tests.mail.mails import raw_mail
from tests.sla.conftest import office, sla  # noqa: F401 - fixtures
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, receive
from tickets.messages import Message
from tickets.models import Article, State, Ticket

PART = {"HX-Request": "true"}


def part(client: Client, url: str, data: dict | None = None, **parameters) -> HttpResponse:
    """What htmx would get: from `url`, or from posting `data` there."""
    if data is None:
        return client.get(url, parameters, headers=PART)
    return client.post(url, data, headers=PART)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def state(name: str) -> State:
    return State.objects.get(name=name)


def put(ticket: Ticket, name: str, *, by: User) -> Ticket:
    """Into the state of this name; a waiting one waits for a day."""
    until = timezone.now() + timedelta(days=1) if name.startswith("pending") else None
    set_state(ticket, state(name), until=until, by=by)
    ticket.refresh_from_db()
    return ticket


def customer_writes(ticket: Ticket, text: str, *, channel: str = "email") -> Article:
    person = {"name": ticket.customer.name, "address": ticket.customer.email}
    return receive(ticket, Message(text=text, sent_from=person), channel=channel, by=ticket.customer)


def colleague_notes(ticket: Ticket, text: str, *, by: User) -> Article:
    return add_note(ticket, Message(text=text), by=by)


def arrive(*, to: str = "support@demo.example", sender: str = "dana@acme.example", **headers) -> Incoming:
    """A mail through the whole intake; returns its row of the ledger."""
    incoming = accept(raw_mail(sender=sender, **headers), Envelope(source="smtp", sender=sender, recipients=[to]))
    process(incoming.pk)
    incoming.refresh_from_db()
    return incoming


@pytest.fixture
def ticket(world: World) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer hums", body="It hums and blinks.")


@pytest.fixture
def bea(world: World, signed_in) -> Client:
    return signed_in(world.bea)


@pytest.fixture
def carlos(world: World, signed_in) -> Client:
    return signed_in(world.carlos)


@pytest.fixture
def reader(world: World) -> User:
    """An agent who may only read Support."""
    person = factories.AgentFactory(name="Rita Read", email="rita@demo.example")
    factories.role("Readers", person, read=world.support)
    return person


@pytest.fixture
def noter(world: World) -> User:
    """An agent who may read Support and add notes."""
    person = factories.AgentFactory(name="Nora Note", email="nora@demo.example")
    factories.role("Noters", person, note=world.support)
    return person
