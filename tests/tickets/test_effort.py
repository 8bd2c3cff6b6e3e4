"""Lock, rating, checklist, time, required closing fields, messages taken back, guided mode."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.people import system_actor
from core.clock import pretend
from mail.models import Outgoing
from mail.tasks import send_outgoing
from tests.factories import TicketFactory, role
from tickets.actions.effort import add_steps, remove_step, remove_time, spend, tick, untick
from tickets.actions.fields import set_custom_fields
from tickets.actions.progress import ClosingFieldsMissing, rate, set_priority, set_state, wake_up
from tickets.actions.replying import NotYours, TooLate, forward, reply, take_back
from tickets.actions.routing import assign, lock, unlock
from tickets.guidance import may_choose, pass_over, take_next, waiting_for
from tickets.messages import Message
from tickets.models import FieldDefinition, MatrixCell, Priority, State, Ticket
from tickets.sentences import sentence_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world):
    return TicketFactory(queue=world.support, customer=world.dana)


def state(name: str) -> State:
    return State.objects.get(name=name)


def test_who_locks_a_ticket_owns_it(world, ticket):
    lock(ticket, by=world.bea)
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (world.bea, True)
    unlock(ticket, by=world.bea)
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (world.bea, False)
    assert [sentence_of(e) for e in ticket.events.order_by("-id")[:2]] == [
        "Bea Costa unlocked it",
        "Bea Costa took it and locked it",
    ]


def test_the_matrix_turns_impact_and_urgency_into_the_priority(world, ticket):
    high = Priority.objects.get(level=5)
    MatrixCell.objects.update_or_create(impact=3, urgency=3, defaults={"priority": high})
    rate(ticket, 3, 3, by=world.bea)
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.urgency, ticket.priority) == (3, 3, high)
    assert (
        sentence_of(ticket.events.latest("id")) == "Bea Costa rated it: impact high, urgency high, priority Very high"
    )


def test_a_checklist_is_ticked_off_and_the_history_says_by_whom(world, ticket):
    add_steps(ticket, ["Order paper", "  ", "Clean the drum"], by=world.bea)
    paper, drum = ticket.checklist.all()
    assert tick(paper, by=world.carlos)
    assert tick(paper, by=world.bea) is None
    assert ticket.checklist.get(pk=paper.pk).done_by == world.carlos
    assert untick(paper, by=world.bea)
    assert remove_step(drum, by=world.bea)
    assert [item.text for item in ticket.checklist.filter(done_at=None)] == ["Order paper"]
    assert ticket.events.filter(kind__startswith="checklist").count() == 4


def test_a_checklist_does_not_grow_without_end(world, ticket):
    with pytest.raises(ValidationError):
        add_steps(ticket, [f"Step {number}" for number in range(101)], by=world.bea)
    assert not ticket.checklist.exists()


def test_time_adds_up_and_can_be_taken_back(world, ticket):
    spend(ticket, 20, note="Read the log", by=world.bea)
    spend(ticket, 10, by=world.carlos)
    assert Ticket.objects.get(pk=ticket.pk).time_spent == 30
    remove_time(ticket.time_entries.get(minutes=20), by=world.bea)
    assert Ticket.objects.get(pk=ticket.pk).time_spent == 10
    with pytest.raises(ValidationError):
        spend(ticket, 0, by=world.bea)


def test_a_ticket_is_not_closed_without_the_fields_that_this_takes(world, ticket):
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    with pytest.raises(ClosingFieldsMissing) as refused:
        set_state(ticket, state("closed successful"), by=world.bea)
    assert [field.key for field in refused.value.fields] == ["cause"]
    assert Ticket.objects.get(pk=ticket.pk).is_open
    set_custom_fields(ticket, {"cause": "Paper"}, by=world.bea)
    assert set_state(ticket, state("closed successful"), by=world.bea)


def test_the_clock_reminds_where_it_could_not_close(world, ticket):
    FieldDefinition.objects.create(key="cause", label="Cause", kind="text", to_close=True)
    set_state(ticket, state("pending auto close+"), until=timezone.now(), by=world.bea)
    with pretend(timezone.now() + timedelta(minutes=1)):
        assert wake_up(ticket, by=system_actor("system")).kind == "pending.reached"
        assert wake_up(ticket, by=system_actor("system")) is None
    assert Ticket.objects.get(pk=ticket.pk).is_open


def test_a_message_is_taken_back_before_it_leaves_and_the_state_with_it(world, ticket, drain):
    soon = timezone.now() + timedelta(seconds=10)
    article = reply(ticket, Message(text="Oops", send_at=soon), then=state("closed successful"), by=world.bea)
    drain()
    assert Outgoing.objects.get(article=article).state == "queued"
    assert take_back(article, by=world.bea)
    assert take_back(article, by=world.bea) is None
    article.refresh_from_db()
    ticket.refresh_from_db()
    assert article.visible_to_customer is False
    assert ticket.state == state("new")
    assert ticket.preview != "Oops"
    outgoing = Outgoing.objects.get(article=article)
    assert (outgoing.state, outgoing.due_at) == ("withdrawn", None)


def test_t52_nobody_takes_back_what_another_wrote_nor_what_has_left(world, ticket):
    article = reply(ticket, Message(text="Hello", send_at=timezone.now() + timedelta(seconds=10)), by=world.bea)
    with pytest.raises(NotYours):
        take_back(article, by=world.carlos)
    with pretend(timezone.now() + timedelta(seconds=11)), pytest.raises(TooLate):
        take_back(article, by=world.bea)
    Outgoing.objects.filter(article=article).update(due_at=timezone.now())
    send_outgoing(Outgoing.objects.get(article=article).pk)
    with pytest.raises(TooLate):
        take_back(article, by=world.bea)
    article.refresh_from_db()
    assert article.visible_to_customer


def test_what_is_forwarded_is_mailed_and_hidden_from_the_customer(world, ticket):
    article = forward(
        ticket, Message(text="Can you help?", to=[{"name": "", "address": "maker@x.example"}]), by=world.bea
    )
    assert article.visible_to_customer is False
    assert [r["address"] for r in Outgoing.objects.get(article=article).recipients] == ["maker@x.example"]
    with pytest.raises(ValueError, match="recipient"):
        forward(ticket, Message(text="To whom?"), by=world.bea)


def test_the_next_ticket_is_the_most_urgent_one_that_nobody_has_or_that_was_given_to_the_agent(world, ticket):
    urgent = TicketFactory(queue=world.support, customer=world.erik)
    set_priority(urgent, Priority.objects.get(level=5), by=world.bea)
    taken = TicketFactory(queue=world.support, customer=world.erik)
    assign(taken, world.carlos, by=world.carlos)
    offer = take_next(world.bea)
    assert offer.ticket == urgent
    assert (offer.ticket.owner, offer.ticket.is_locked) == (world.bea, True)
    assert offer.reasons == ["Its priority is “Very high”.", "It is the oldest one that waits."]
    assert take_next(world.carlos).ticket == ticket
    set_state(ticket, state("closed successful"), by=world.carlos)
    given = take_next(world.carlos)
    assert (given.ticket, given.reasons[0]) == (taken, "It was given to you.")
    set_state(taken, state("closed successful"), by=world.carlos)
    assert take_next(world.carlos) is None


def test_who_holds_a_ticket_gets_no_other_one(world, ticket):
    other = TicketFactory(queue=world.support, customer=world.erik)
    assert take_next(world.bea).ticket == ticket
    held = take_next(world.bea)
    assert (held.ticket, held.reasons) == (ticket, ["It is yours."])
    other.refresh_from_db()
    assert (other.owner, other.is_locked) == (None, False)
    set_state(ticket, state("pending reminder"), until=timezone.now() + timedelta(days=1), by=world.bea)
    assert take_next(world.bea).ticket == other


def test_what_was_passed_over_is_offered_to_others(world, ticket):
    with pytest.raises(ValueError, match="reason"):
        pass_over(ticket, "  ", by=world.bea)
    pass_over(ticket, "I know the person", by=world.bea)
    assert list(waiting_for(world.bea)) == []
    assert list(waiting_for(world.carlos)) == [ticket]


def test_in_a_guided_queue_only_who_may_do_everything_chooses(world):
    role("Takers", world.erik, owner=world.billing)
    world.erik.is_agent = True
    world.billing.is_guided = True
    assert not may_choose(world.erik, world.billing)
    assert may_choose(world.bea, world.billing)
