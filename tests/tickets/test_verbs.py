"""Verbs: what they change, what they refuse, and that two people at once lose nothing."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.people import system_actor
from core.clock import pretend
from tests.factories import TicketFactory, open_article
from tickets import options
from tickets.actions.fields import set_custom_fields, set_title
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.progress import PendingTimeMissing, set_state, wake_up
from tickets.actions.queues import save_queue
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import assign, move
from tickets.changes import Stale
from tickets.messages import File, Message
from tickets.models import Article, FieldDefinition, Queue, State, Ticket, TicketType
from tickets.models.queue import FollowUp

pytestmark = pytest.mark.django_db


def state(name: str) -> State:
    return State.objects.get(name=name)


@pytest.fixture
def ticket(world):
    return TicketFactory(queue=world.support, customer=world.dana)


def test_facts_for_lists_are_kept(world, ticket):
    reply(
        ticket,
        Message(text="Please look at the\n\nattached page.", files=[File("a.pdf", "application/pdf", b"x")]),
        by=world.bea,
    )
    ticket.refresh_from_db()
    assert ticket.has_files
    assert ticket.preview == "Please look at the attached page."
    assert ticket.last_public_at > ticket.last_customer_at


def test_a_note_leaves_no_public_trace(world, ticket):
    before = (ticket.preview, ticket.last_public_at)
    add_note(ticket, Message(text="secret"), by=world.bea)
    ticket.refresh_from_db()
    assert (ticket.preview, ticket.last_public_at) == before


def test_the_same_form_twice_makes_one_article(world, ticket):
    form = Message(text="Hello", submission=uuid.uuid4())
    assert reply(ticket, form, by=world.bea) == reply(ticket, form, by=world.bea)
    assert Article.objects.filter(body="Hello").count() == 1


def test_the_same_form_twice_makes_one_ticket(world):
    opening = Opening(title="x", queue=world.support, customer=world.dana, channel="web")
    form = Message(text="Hello", submission=uuid.uuid4())
    assert open_ticket(opening, form, by=world.dana) == open_ticket(opening, form, by=world.dana)
    assert Ticket.objects.count() == 1


def test_K02_a_reply_is_refused_when_the_customer_saw_a_newer_one(world, ticket):
    newest = ticket.articles.last().pk
    reply(ticket, Message(text="First"), by=world.bea, based_on=newest)
    with pytest.raises(Stale) as refused:
        reply(ticket, Message(text="Second"), by=world.carlos, based_on=newest)
    assert [article.body for article in refused.value.articles] == ["First"]
    assert not Article.objects.filter(body="Second").exists()


def test_a_note_of_a_colleague_does_not_stop_a_reply(world, ticket):
    newest = ticket.articles.last().pk
    add_note(ticket, Message(text="psst"), by=world.bea)
    assert reply(ticket, Message(text="Hello"), by=world.carlos, based_on=newest).body == "Hello"


def test_the_same_field_changed_meanwhile_is_refused_another_field_is_not(world, ticket):
    ticket.refresh_from_db()
    seen = ticket.version
    assign(ticket, world.bea, by=world.bea, seen=seen)
    with pytest.raises(Stale) as refused:
        assign(ticket, world.carlos, by=world.carlos, seen=seen)
    assert [event.kind for event in refused.value.events] == ["owner.changed"]
    assert set_title(ticket, "Another", by=world.carlos, seen=seen) is not None
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.title) == (world.bea, "Another")


def test_closing_and_reopening_keep_closed_at_true(world, ticket):
    set_state(ticket, state("closed successful"), by=world.bea)
    ticket.refresh_from_db()
    assert not ticket.is_open
    receive(ticket, Message(text="Again"), channel="email", by=world.dana)
    ticket.refresh_from_db()
    assert ticket.is_open
    assert ticket.state.name == "open"


def test_a_new_ticket_stays_new_when_the_customer_writes_again(world, ticket):
    receive(ticket, Message(text="More"), channel="email", by=world.dana)
    ticket.refresh_from_db()
    assert ticket.state.name == "new"


def test_policy_reject_keeps_the_message_and_the_state(world, ticket):
    Queue.objects.filter(pk=world.support.pk).update(follow_up=FollowUp.REJECT)
    set_state(ticket, state("closed successful"), by=world.bea)
    article = receive(ticket, Message(text="Still broken"), channel="email", by=world.dana)
    ticket.refresh_from_db()
    assert article.ticket == ticket
    assert ticket.state.name == "closed successful"
    assert article.events.get().kind == "article.refused"


def test_policy_new_opens_a_ticket_and_says_so_on_the_old_one(world, ticket):
    Queue.objects.filter(pk=world.support.pk).update(follow_up=FollowUp.NEW)
    set_state(ticket, state("closed successful"), by=world.bea)
    article = receive(ticket, Message(text="Still broken"), channel="email", by=world.dana)
    assert article.ticket != ticket
    assert ticket.events.last().data["continued_in"]["now"]["name"] == article.ticket.number


def test_a_pending_state_needs_a_time(world, ticket):
    with pytest.raises(PendingTimeMissing):
        set_state(ticket, state("pending reminder"), by=world.bea)
    ticket.refresh_from_db()
    assert ticket.state.name == "new"


def test_pending_auto_goes_on_when_its_time_comes_and_a_reminder_reminds_once(world, ticket):
    clock = system_actor("system")
    soon = timezone.now() + timedelta(hours=1)
    set_state(ticket, state("pending auto close+"), until=soon, by=world.bea)
    assert wake_up(ticket, by=clock) is None
    with pretend(soon + timedelta(minutes=1)):
        wake_up(ticket, by=clock)
    ticket.refresh_from_db()
    assert ticket.state.name == "closed successful"
    set_state(ticket, state("pending reminder"), until=soon, by=world.bea)
    with pretend(soon + timedelta(minutes=1)):
        assert wake_up(ticket, by=clock).kind == "pending.reached"
        assert wake_up(ticket, by=clock) is None


def test_owners_to_choose_from_are_those_who_may_see_the_ticket(world, ticket):
    assert options.owners(ticket) == [world.alex, world.bea, world.carlos]
    move(ticket, world.billing, by=world.bea)
    ticket.refresh_from_db()
    assert options.owners(ticket) == [world.bea]


def test_a_queue_cannot_lie_inside_itself(world):
    world.support.parent = world.hardware
    with pytest.raises(ValidationError):
        save_queue(world.support, by=world.alex)
    assert Queue.objects.get(pk=world.support.pk).parent is None


def test_renaming_a_queue_renames_the_paths_below(world):
    world.support.name = "Help"
    save_queue(world.support, by=world.alex)
    assert Queue.objects.get(pk=world.hardware.pk).path == "Help::Hardware"


def test_custom_fields_are_checked_and_canonical(world, ticket):
    FieldDefinition.objects.create(key="size", label="Size", kind="number")
    FieldDefinition.objects.create(key="colour", label="Colour", kind="dropdown", options=["red", "green"])
    set_custom_fields(ticket, {"size": "12.0", "colour": "red"}, by=world.bea)
    ticket.refresh_from_db()
    assert ticket.custom_fields == {"size": 12, "colour": "red"}
    with pytest.raises(ValidationError) as refused:
        set_custom_fields(ticket, {"size": "many", "colour": "blue", "weight": 1}, by=world.bea)
    assert set(refused.value.message_dict) == {"size", "colour", "weight"}
    ticket.refresh_from_db()
    assert ticket.custom_fields == {"size": 12, "colour": "red"}


def test_a_field_of_other_queues_or_types_is_refused_but_what_is_there_may_stay_and_go(world, ticket):
    serial = FieldDefinition.objects.create(key="serial", label="Serial number", kind="text")
    serial.queues.add(world.support)
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text").types.add(
        TicketType.objects.get(name="Problem")
    )
    set_custom_fields(ticket, {"serial": "X1"}, by=world.bea)
    move(ticket, world.billing, by=world.bea)
    ticket.refresh_from_db()
    for values in ({"serial": "X2"}, {"cause": "Dust"}):
        with pytest.raises(ValidationError) as refused:
            set_custom_fields(ticket, values, by=world.bea)
        assert refused.value.messages == ["Tickets of this queue and type do not have this field."]
    set_custom_fields(ticket, {"serial": "X1", "cause": ""}, by=world.bea)
    ticket.refresh_from_db()
    assert ticket.custom_fields == {"serial": "X1"}
    set_custom_fields(ticket, {"serial": ""}, by=world.bea)
    move(ticket, world.hardware, by=world.bea)
    set_custom_fields(ticket, {"serial": "X3"}, by=world.bea)
    ticket.refresh_from_db()
    assert ticket.custom_fields == {"serial": "X3"}
    with pytest.raises(ValidationError):
        open_article(
            Opening(
                title="x", queue=world.billing, customer=world.dana, channel="email", custom_fields={"serial": "X1"}
            ),
            Message(text="x"),
        )


def test_html_is_stored_clean(world):
    opening = Opening(title="x", queue=world.support, customer=world.dana, channel="email")
    article = open_article(opening, Message(text="", html="<p onclick=x>Hi<script>alert(1)</script></p>"))
    assert article.html == "<p>Hi</p>"
    assert article.body == "Hi"
