"""Each effect: what it does to the ticket, what it says, and when it is refused."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.people import system_actor
from automation.effects import Context, EffectError, Refused, check_effects, do_effect, reason, sentence_of
from automation.naming import names_known
from mail.models import Outgoing
from tests.factories import QueueFactory, TicketFactory
from tickets.actions.fields import set_tags
from tickets.events import Cause
from tickets.models import Event, FieldDefinition, Link, Priority, State, Ticket, TicketType

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(title="It hums", queue=world.support, customer=world.dana)


def do(ticket: Ticket, *, by=None, **values) -> Event | None:
    event = ticket.events.first()
    context = Context(by or system_actor("rules"), Cause("rule", "1", event=event), event)
    return do_effect(values, ticket, context)


def state(type: str) -> int:
    return State.objects.filter(type=type).first().pk


def test_every_effect_on_the_fields_of_a_ticket(world, ticket):
    FieldDefinition.objects.create(key="order", label="Order", kind="text")
    high, incident = Priority.objects.get(level=5), TicketType.objects.last()
    steps = [
        ({"do": "assign", "to": world.bea.pk}, "owner", world.bea),
        ({"do": "responsible", "to": world.carlos.pk}, "responsible", world.carlos),
        ({"do": "assign", "to": None}, "owner", None),
        ({"do": "move", "to": world.billing.pk}, "queue", world.billing),
        ({"do": "priority", "to": high.pk}, "priority", high),
        ({"do": "rate", "impact": "1", "urgency": 3}, "impact", 1),
        ({"do": "type", "to": incident.pk}, "type", incident),
        ({"do": "title", "to": "{{ customer.name }} hums"}, "title", "Dana Miller hums"),
        ({"do": "customer", "to": world.erik.pk}, "customer", world.erik),
        ({"do": "tag", "tags": ["b", "a"]}, "tags", ["a", "b"]),
        ({"do": "untag", "tags": ["a", "x"]}, "tags", ["b"]),
        ({"do": "fields", "values": {"order": "17"}}, "custom_fields", {"order": "17"}),
        ({"do": "state", "to": state("open")}, "closed_at", None),
    ]
    check_effects([values for values, _field, _now in steps])
    for values, field, now in steps:
        event = do(ticket, **values)
        assert event is not None, values
        assert (event.cause_kind, event.depth, event.actor.system_key) == ("rule", event.cause_event.depth + 1, "rules")
        ticket.refresh_from_db()
        assert getattr(ticket, field) == now, values
        assert do(ticket, **values) is None, "once is enough"


def test_states_notes_watchers_links_and_the_way_off_the_desk(world, ticket):
    other = TicketFactory(queue=world.support, customer=world.dana)
    reminder = state("pending_reminder")
    check_effects([{"do": "state", "to": reminder, "wait": "2d"}])
    do(ticket, do="state", to=reminder, wait="2d")
    ticket.refresh_from_db()
    assert abs(ticket.pending_until - timezone.now() - timedelta(days=2)) < timedelta(minutes=1)
    assert do(ticket, do="state", to=reminder, wait="3d") is None, "no rule puts a ticket off for ever"
    do(ticket, do="note", text="Seen by {{ agent.name }}")
    note = ticket.articles.last()
    assert (note.body, note.visible_to_customer) == ("Seen by Helpdesk", False)
    do(ticket, do="watch", who=world.bea.pk)
    assert [watcher.user for watcher in ticket.watchers.all()] == [world.bea]
    do(ticket, do="link", to=other.number)
    assert Link.objects.count() == 1
    do(ticket, do="close", to=state("closed"))
    ticket.refresh_from_db()
    assert ticket.closed_at is not None
    assert do(ticket, do="close", to=state("closed")) is None
    do(other, do="spam")
    do(other, do="trash")
    other.refresh_from_db()
    assert other.is_removed


def test_a_reply_of_a_rule_is_an_automatic_mail_and_no_answer(world, ticket):
    event = do(ticket, do="reply", text="Dear {{ customer.first_name }}, {{ ticket.number }}")
    assert (event.article.sender, event.article.body) == ("system", f"Dear Dana, {ticket.number}")
    assert Outgoing.objects.filter(article=event.article).count() == 1
    ticket.refresh_from_db()
    assert ticket.state.type == "new"


def test_a_reply_that_would_go_round_is_refused(world, ticket):
    for _round in range(2):  # its receipt was the first in a row
        do(ticket, do="reply", text="Hello")
    with pytest.raises(Refused) as refused:
        do(ticket, do="reply", text="Hello")
    assert refused.value.code == "loop"


def test_a_person_who_starts_it_answers_and_takes(world, ticket):
    assert do(ticket, by=world.bea, do="reply", text="Hello").article.sender == "agent"
    do(ticket, by=world.bea, do="take")
    ticket.refresh_from_db()
    assert ticket.owner == world.bea
    with pytest.raises(Refused, match="person"):
        do(ticket, do="take")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"do": "nothing"}, "unknown"),
        ({"do": "move", "to": 0}, "choice"),
        ({"do": "priority", "to": "5"}, "choice"),
        ({"do": "link", "to": "none"}, "choice"),
        ({"do": "state", "to": -1}, "choice"),
        ({"do": "rate", "impact": 9}, "value"),
        ({"do": "note", "text": "{% if"}, "text"),
        ({"do": "fields", "values": {"gone": "x"}}, "value"),
    ],
)
def test_what_is_gone_is_refused_with_a_plain_sentence(ticket, values, code):
    before = ticket.events.count()
    with pytest.raises(Refused) as refused:
        do(ticket, **values)
    assert refused.value.code == code
    assert reason(code).endswith(".")
    assert ticket.events.count() == before


def test_T55_no_effect_gives_a_ticket_to_somebody_who_may_not_see_it(world, ticket):
    do(ticket, do="move", to=world.billing.pk)
    with pytest.raises(Refused) as refused:
        do(ticket, do="assign", to=world.carlos.pk)
    assert refused.value.code == "right"
    world.billing.is_active = False
    world.billing.save()
    with pytest.raises(Refused):
        do(TicketFactory(queue=world.support), do="move", to=world.billing.pk)


def test_a_waiting_state_needs_a_time(ticket):
    with pytest.raises(Refused) as refused:
        do(ticket, do="state", to=state("pending_reminder"))
    assert refused.value.code == "pending_time"


@pytest.mark.parametrize(
    "text", ["{{ ticket.__class__ }}", "{{ customer.password }}", "{{ ticket.queue.tickets }}", "{{ settings }}"]
)
def test_T58_placeholders_reach_nothing_but_plain_texts(ticket, text):
    assert do(ticket, do="note", text=f"[{text}]").article.body == "[]"


@pytest.mark.parametrize(
    "text", ["{% for a in (1..9999999) %}{{ a }}{% endfor %}", "{% include 'x' %}", "{% load i18n %}"]
)
def test_T64_a_text_that_never_ends_or_reaches_out_is_refused(ticket, text):
    with pytest.raises(Refused, match="text"):
        do(ticket, do="note", text=text)


@pytest.mark.parametrize(
    "effects",
    [
        "tag",
        ["tag"],
        [{"do": "nothing"}],
        [{"do": "move"}],
        [{"do": "move", "to": 0}],
        [{"do": "tag", "tags": "a"}],
        [{"do": "tag", "tags": ["a"], "then": 1}],
        [{"do": "note", "text": "{% if"}],
        [{"do": "state", "to": 1, "wait": "soon"}],
        [{"do": "fields", "values": {"gone": "x"}}],
        [{"do": "take"}],
        [{"do": "spam"}] * 31,
    ],
)
def test_effects_that_cannot_be_kept(world, effects):
    with pytest.raises(EffectError):
        check_effects(effects)


def test_names_of_what_effects_name_cost_one_query_each_kind(world, queries):
    other = QueueFactory(name="Other")
    effects = [{"do": "move", "to": queue.pk} for queue in (world.support, world.hardware, other)]
    with queries() as counted, names_known(("queue", each["to"]) for each in effects), translation.override("en"):
        said = [sentence_of(each) for each in effects]
    assert said == ["Move it to Support", "Move it to Support › Hardware", "Move it to Other"]
    assert len(counted) == 1


def test_a_stale_ticket_in_hand_takes_nothing_back(world, ticket):
    old = Ticket.objects.get(pk=ticket.pk)
    set_tags(ticket, ["kept"], by=world.bea)
    do(old, do="tag", tags=["new"])
    assert Ticket.objects.get(pk=ticket.pk).tags == ["kept", "new"]
