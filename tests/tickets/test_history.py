"""The history: complete, chained, append-only, and the state at any past moment follows from it."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import TicketFactory
from tickets.actions.fields import set_custom_fields, set_tags, set_title
from tickets.actions.opening import snapshot
from tickets.actions.progress import set_priority, set_state
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import assign, move
from tickets.events import MAX_DEPTH, Cause, TooDeep, broken_links, record
from tickets.messages import Message
from tickets.models import Delivery, Event, FieldDefinition, Priority, State, Ticket
from tickets.sentences import cause_of, sentence_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(world):
    """A ticket to which everything has happened."""
    FieldDefinition.objects.create(key="model", label="Model", kind="text")
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer")
    reply(ticket, Message(text="Hello"), by=world.bea)
    assign(ticket, world.bea, by=world.bea)
    set_priority(ticket, Priority.objects.get(level=5), by=world.bea)
    set_title(ticket, "Printer on fire", by=world.bea)
    set_tags(ticket, ["fire"], by=world.bea)
    set_custom_fields(ticket, {"model": "LX"}, by=world.bea)
    add_note(ticket, Message(text="Careful"), by=world.carlos)
    move(ticket, world.hardware, by=world.bea)
    set_state(ticket, State.objects.get(name="closed successful"), by=world.bea)
    receive(ticket, Message(text="Not yet"), channel="email", by=world.dana, cause=Cause("mail", "7"))
    return Ticket.objects.get(pk=ticket.pk)


def test_every_change_is_there_with_actor_and_sentence(lived):
    told = [(event.kind, str(event.actor), sentence_of(event)) for event in lived.events.all()]
    assert told == [
        ("ticket.created", "Dana Miller", "Dana Miller opened the ticket"),
        ("article.added", "Mail", "Helpdesk sent an automatic email"),
        ("article.added", "Bea Costa", "Bea Costa answered by email"),
        ("state.changed", "Bea Costa", "Bea Costa set the status to “Open”"),
        ("owner.changed", "Bea Costa", "Bea Costa took the ticket"),
        ("priority.changed", "Bea Costa", "Bea Costa changed the priority from Normal to Very high"),
        ("title.changed", "Bea Costa", "Bea Costa renamed it from “Printer” to “Printer on fire”"),
        ("tags.changed", "Bea Costa", "Bea Costa changed the tags from – to fire"),
        ("fields.changed", "Bea Costa", "Bea Costa set Model = LX"),
        ("article.added", "Carlos Díaz", "Carlos Díaz added an internal note"),
        ("queue.changed", "Bea Costa", "Bea Costa moved it from Support to Support › Hardware"),
        ("ticket.closed", "Bea Costa", "Bea Costa closed it as “Solved”"),
        ("article.added", "Dana Miller", "Dana Miller wrote an email"),
        ("ticket.reopened", "Dana Miller", "Dana Miller reopened it"),
    ]
    assert cause_of(lived.events.last()) == "by mail no. 7"


def test_the_present_follows_from_the_events(lived):
    state = {}
    for event in lived.events.all():
        state |= {name: change["now"] for name, change in event.data.items()}
    assert state == {name: change["now"] for name, change in snapshot(lived).items()}


def test_T89_an_altered_or_removed_row_breaks_the_chain(lived):
    assert broken_links(lived) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE tickets_event DISABLE TRIGGER tickets_event_append_only")
        cursor.execute(
            "UPDATE tickets_event SET data = '{\"owner\": 1}' WHERE ticket_id = %s AND version = 5", [lived.pk]
        )
        cursor.execute("ALTER TABLE tickets_event ENABLE TRIGGER tickets_event_append_only")
    assert [event.version for event in broken_links(lived)] == [5]


@pytest.mark.parametrize("change", ["UPDATE tickets_event SET kind = 'x'", "DELETE FROM tickets_event"])
def test_T89_the_history_cannot_be_changed(lived, change):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert broken_links(lived) == []


def test_T89_the_history_cannot_be_emptied(lived):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE tickets_event ENABLE TRIGGER tickets_event_never_emptied")
    for table in ("tickets_event", "tickets_ticket"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert broken_links(lived) == []


def test_erasing_data_keeps_the_chain_whole(lived):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL helpdesk.erasure = 'on'")
        cursor.execute("UPDATE tickets_event SET data = '{\"erased\": true}' WHERE ticket_id = %s", [lived.pk])
    assert broken_links(lived) == []


def test_what_changes_nothing_leaves_no_trace(world):
    ticket = TicketFactory(queue=world.support)
    before = Event.objects.count()
    assert move(ticket, world.support, by=world.bea) is None
    assert assign(ticket, None, by=world.bea) is None
    assert Event.objects.count() == before


def test_every_event_has_its_delivery(lived):
    assert Delivery.objects.filter(event__ticket=lived).count() == lived.events.count()


def test_K10_a_loop_of_causes_ends(world):
    ticket = TicketFactory(queue=world.support)
    event = ticket.events.first()
    event.depth = MAX_DEPTH
    before = Event.objects.count()
    with pytest.raises(TooDeep):
        record(ticket, "x", by=world.bea, cause=Cause("rule", event=event))
    assert Event.objects.count() == before
