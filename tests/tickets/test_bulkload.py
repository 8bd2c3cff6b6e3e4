"""Tickets loaded at once are the tickets that the verbs would have made."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import pretend
from tests.tickets.test_search import words_of
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import assign
from tickets.bulkload import Life, StoredFile, load
from tickets.events import Cause, broken_links
from tickets.messages import File, Message
from tickets.models import Article, Attachment, Event, State, Ticket
from tickets.vocabulary import default_priority, default_type

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEMO = Cause("demo")
PDF = b"%PDF-1.4"


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


def by_verbs(world, states, digest_only_file: File) -> Ticket:
    said = {"sent_from": {"name": world.dana.name, "address": world.dana.email}}
    opening = Opening(title="Größe falsch", queue=world.support, customer=world.dana, channel="email", language="de")
    with pretend(hours(0)):
        message = Message(text="Der Rahmen ist zu klein.", files=[digest_only_file], **said)
        ticket = open_ticket(opening, message, by=world.dana, cause=DEMO).ticket
    with pretend(hours(1)):
        assign(ticket, world.bea, by=world.bea, cause=DEMO)
    with pretend(hours(2)):
        reply(ticket, Message(text="Welche Größe?"), by=world.bea, cause=DEMO, then=states["open"])
    with pretend(hours(3)):
        add_note(ticket, Message(text="Third this week"), by=world.carlos, cause=DEMO)
    with pretend(hours(4)):
        until = hours(100)
        reply(ticket, Message(text="Noch da?"), by=world.bea, cause=DEMO, then=states["pending reminder"], until=until)
    with pretend(hours(5)):
        receive(ticket, Message(text="Größe M\tund\\so", **said), channel="email", by=world.dana, cause=DEMO)
    with pretend(hours(6)):
        set_state(ticket, states["closed successful"], by=world.bea, cause=DEMO)
    return Ticket.objects.get(pk=ticket.pk)


def by_loading(world, states, file: StoredFile) -> Ticket:
    life = Life(
        title="Größe falsch",
        queue=world.support,
        type=default_type(),
        priority=default_priority(),
        customer=world.dana,
        organisation=world.acme,
        channel="email",
        language="de",
        state=states["new"],
    )
    life.open(hours(0), "Der Rahmen ist zu klein.", files=[file])
    life.assign(hours(1), world.bea, by=world.bea)
    life.reply(hours(2), "Welche Größe?", by=world.bea, then=states["open"])
    life.note(hours(3), "Third this week", by=world.carlos)
    life.reply(hours(4), "Noch da?", by=world.bea, then=states["pending reminder"], until=hours(100))
    life.receive(hours(5), "Größe M\tund\\so", opened=states["open"])
    life.set_state(hours(6), states["closed successful"], by=world.bea)
    load([life], first_state=states["new"])
    return Ticket.objects.get(number=life.number)


def values(row, *without: str) -> dict:
    own = {"id", "uuid", "ticket", "article", "number", "chain", "digest", "data_digest", "transaction", *without}
    return {f.name: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in own}


def test_loaded_rows_equal_those_of_the_verbs(world, settings):
    settings.WITHIN = []
    states = {state.name: state for state in State.objects.all()}
    verbs = by_verbs(world, states, File("a.pdf", "application/pdf", PDF))
    attachment = Attachment.objects.get()
    stored = StoredFile("a.pdf", "application/pdf", len(PDF), attachment.digest)
    loaded = by_loading(world, states, stored)

    assert values(loaded) == values(verbs)
    for model in (Article, Event):
        rows = [[values(row, "data") for row in model.objects.filter(ticket=t).order_by("id")] for t in (verbs, loaded)]
        assert rows[0] == rows[1]
    files = [values(Attachment.objects.get(article__ticket=t)) for t in (verbs, loaded)]
    assert files[0] == files[1]
    assert words_of(loaded) == words_of(verbs)
    told = [[(e.kind, e.data) for e in t.events.all()] for t in (verbs, loaded)]
    told[1][0][1]["number"] = told[0][0][1]["number"]
    assert told[0] == told[1]
    assert broken_links(loaded) == []


def test_a_loaded_ticket_goes_on_by_the_verbs(world):
    states = {state.name: state for state in State.objects.all()}
    ticket = by_loading(world, states, StoredFile("a.pdf", "application/pdf", 1, "0" * 64))
    receive(ticket, Message(text="Again"), channel="email", by=world.dana)
    ticket.refresh_from_db()
    assert ticket.state == states["open"]
    assert broken_links(ticket) == []
