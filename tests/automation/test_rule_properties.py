"""For random rules and random work: rules end, say so when they were stopped, and do what trying them has foretold.

`RULE_STORIES=200 bin/test tests/automation/test_rule_properties.py` tells as many stories for each law.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from automation import running
from automation.models import RuleRun
from automation.trying import explain, try_rule
from core import memo
from core.clock import now, pretend
from tests.automation.ruling import active, draft, last_event, react
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags, set_title
from tickets.actions.progress import set_priority, set_state
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import assign, move
from tickets.events import MAX_DEPTH, broken_links
from tickets.messages import Message
from tickets.models import Event, Priority, State, Ticket
from tickets.models.ticket import Channel

pytestmark = pytest.mark.django_db

STORIES = int(os.environ.get("RULE_STORIES", "5"))
SETTINGS = settings(
    max_examples=STORIES,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
EVENTS = ["moved", "tags", "priority", "state", "closed", "title", "noted", "assigned", "anything", "opened"]
# Their data name what was made in the story itself, so that it is another each time.
WITH_ITS_OWN_ID = ("ticket.created", "article.added")
TAGS = ["a", "b"]
QUEUES = ["support", "billing"]
STATES = ["open", "closed successful"]

effects = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(QUEUES)),
    st.tuples(st.just("tag"), st.sampled_from(TAGS)),
    st.tuples(st.just("untag"), st.sampled_from(TAGS)),
    st.tuples(st.just("priority"), st.integers(1, 5)),
    st.tuples(st.just("state"), st.sampled_from(STATES)),
    st.tuples(st.just("note"), st.just("{{ ticket.title }}")),
)
leaves = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: {"field": "tags", "contains": tag}),
    st.sampled_from(TAGS).map(lambda tag: {"field": "tags", "changed_to": tag}),
    st.sampled_from(["queue", "priority", "state", "title"]).map(lambda name: {"field": name, "changed": True}),
    st.sampled_from(["customer", "agent", "system"]).map(lambda side: {"field": "event.by", "is": side}),
    st.integers(1, 5).map(lambda pk: {"not": {"field": "priority", "is": pk}}),
)
conditions = st.one_of(st.just({}), leaves, st.lists(leaves, max_size=3).map(lambda parts: {"any": parts}))
rules = st.tuples(
    st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3, unique=True),
    st.lists(effects, min_size=1, max_size=3),
    conditions,
    st.booleans(),
)
acts = st.one_of(
    effects, st.tuples(st.just("title"), st.sampled_from(["x", "y"])), st.tuples(st.just("assign"), st.none())
)
# What reaches people and lists besides the ticket itself: also what is refused half way, or limited in number.
far_effects = st.one_of(
    effects,
    st.tuples(st.just("reply"), st.just("Dear {{ customer.first_name }}")),
    st.tuples(st.sampled_from(["assign", "responsible", "watch"]), st.sampled_from(["bea", "carlos"])),
    st.tuples(st.just("title"), st.sampled_from(["x", "y"])),
    st.tuples(st.sampled_from(["spam", "trash"]), st.none()),
)
far_events = st.sampled_from([*EVENTS, "customer_wrote", "agent_answered", "automatic", "watched", "spam", "reopened"])
far_rules = st.tuples(
    st.lists(far_events, min_size=1, max_size=3, unique=True),
    st.lists(far_effects, min_size=1, max_size=3),
    conditions,
    st.booleans(),
)
far_acts = st.one_of(acts, st.tuples(st.sampled_from(["write", "answer"]), st.none()))


@pytest.fixture(autouse=True)
def soon_too_many(monkeypatch):
    monkeypatch.setattr(running, "MOST_RUNS", 12)


@contextmanager
def a_story() -> Iterator[None]:
    """Told and taken back, with what workers remember for a moment of rows that were made in it."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        memo._last = memo._Last()


def as_effect(world, one: tuple[str, Any]) -> dict[str, Any]:
    word, value = one
    if word in ("note", "reply"):
        return {"do": word, "text": value}
    if word in ("assign", "responsible", "watch"):
        return {"do": word, "who" if word == "watch" else "to": getattr(world, value).pk}
    if word in ("spam", "trash"):
        return {"do": word}
    if word in ("tag", "untag"):
        return {"do": word, "tags": [value]}
    if word == "move":
        return {"do": word, "to": getattr(world, value).pk}
    return {"do": word, "to": State.objects.get(name=value).pk if word == "state" else value}


def act(world, ticket: Ticket, word: str, value: Any) -> None:
    ticket.refresh_from_db()
    if word == "move":
        move(ticket, getattr(world, value), by=world.bea)
    elif word in ("tag", "untag"):
        tags = {*ticket.tags, value} if word == "tag" else {*ticket.tags} - {value}
        set_tags(ticket, tags, by=world.bea)
    elif word == "priority":
        set_priority(ticket, Priority.objects.get(pk=value), by=world.bea)
    elif word == "state":
        set_state(ticket, State.objects.get(name=value), by=world.bea)
    elif word == "title":
        set_title(ticket, value, by=world.bea)
    elif word == "assign":
        assign(ticket, None if ticket.owner else world.bea, by=world.bea)
    elif word == "write":
        receive(ticket, Message(text="It hums again."), channel=Channel.EMAIL, by=world.dana)
    elif word == "answer":
        reply(ticket, Message(text="Try this.", to=[{"address": world.dana.email}]), by=world.bea)
    else:
        add_note(ticket, Message(text="Note"), by=world.bea)


def written(world, number: int, rule: tuple, *, once: bool = False):
    events, doing, condition, stops = rule
    doing = [as_effect(world, one) for one in doing]
    return draft(f"Rule {number}", events, doing, condition, stops=stops, once_per_ticket=once)


@SETTINGS
@given(made=st.lists(rules, min_size=1, max_size=4), story=st.lists(acts, min_size=1, max_size=3))
def test_K10_no_set_of_rules_goes_on_for_ever(world, made, story):
    with a_story():
        for number, rule in enumerate(made):
            active(written(world, number, rule), by=world.alex)
        at = last_event()
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        react(at)
        for word, value in story:
            at = last_event()
            act(world, ticket, word, value)
            react(at)
        assert all(depth <= MAX_DEPTH for depth in ticket.events.values_list("depth", flat=True))
        stopped = RuleRun.objects.filter(outcome=RuleRun.Outcome.STOPPED).values_list("root_id", flat=True)
        assert Event.objects.filter(kind="rule.stopped").count() == len(set(stopped))
        assert RuleRun.objects.count() == RuleRun.objects.values("event", "rule").distinct().count()
        assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []


@SETTINGS
@given(rule=rules, once=st.booleans(), story=st.lists(acts, min_size=1, max_size=5))
def test_what_a_trial_foretells_is_what_the_rule_then_does(world, rule, once, story):
    with a_story():
        foretold, happened = _foretold(world, rule, story, once=once)
        active(written(world, 1, rule, once=once), by=world.alex)
        at = last_event()
        for _ticket, since in _live(world, story):
            react(since)
        assume(happened == _happened(at))
        done = [_told(run.event, run) for run in RuleRun.objects.select_related("event").order_by("pk")]
        assert foretold == done


@SETTINGS
@given(
    rule=far_rules,
    once=st.booleans(),
    story=st.lists(st.tuples(st.integers(0, 1), far_acts), min_size=1, max_size=4),
)
def test_what_a_trial_foretells_of_several_tickets_their_people_and_mails_happens(world, rule, once, story):
    """Also in which order of effects, what is refused, and how many mails leave."""
    with a_story():
        foretold, happened = _foretold_of_several(world, rule, story, once=once)
        made = active(written(world, 1, rule, once=once), by=world.alex)
        at = last_event()
        for _tickets, since in _live_several(world, story):
            react(since)
        assume(happened == _happened(at))
        runs = RuleRun.objects.filter(rule=made).select_related("event").order_by("ticket", "pk")
        by_ticket: dict[int, list] = {}
        for run in runs:
            by_ticket.setdefault(run.ticket_id, []).append(_told(run.event, run))
        mails = Event.objects.filter(kind="article.added", cause_kind="rule", article__visible_to_customer=True).count()
        assert foretold == ([by_ticket[pk] for pk in sorted(by_ticket)], mails)


def _live_several(world, story: list) -> Iterator[tuple[list[Ticket], int]]:
    """Two tickets, to which this happens in turn."""
    moment, at = now() - timedelta(hours=2), last_event()
    with pretend(moment):
        tickets = [TicketFactory(queue=world.support, customer=world.dana) for _n in range(2)]
        yield tickets, at
    for which, (word, value) in story:
        moment, at = moment + timedelta(minutes=5), last_event()
        with pretend(moment):
            act(world, tickets[which], word, value)
            yield tickets, at


def _foretold_of_several(world, rule: tuple, story: list, *, once: bool) -> tuple[tuple[list, int], list[tuple]]:
    with transaction.atomic():
        at = last_event()
        tickets = [tickets for tickets, _at in _live_several(world, story)][-1]
        before = [_everything(ticket) for ticket in tickets]
        trial = try_rule(written(world, 1, rule, once=once), queues=[], days=1)
        assert [_everything(ticket) for ticket in tickets] == before
        happened = _happened(at)
        transaction.set_rollback(True)
    by_ticket: dict[int, list] = {}
    for would in trial.shown:
        by_ticket.setdefault(would.ticket.pk, []).append(_told(would.event, would))
    return ([by_ticket[pk] for pk in sorted(by_ticket)], trial.mails), happened


def _live(world, story: list) -> Iterator[tuple[Ticket, int]]:
    """A ticket to which this happens, minutes apart; each time the last event before is told."""
    moment, at = now() - timedelta(hours=2), last_event()
    with pretend(moment):
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        yield ticket, at
    for word, value in story:
        moment, at = moment + timedelta(minutes=5), last_event()
        with pretend(moment):
            act(world, ticket, word, value)
            yield ticket, at


def _happened(after: int) -> list[tuple]:
    """What people have done since. A rule may turn the same act into another event, or into none: whoever moves a ticket
    again finds that it was moved back. What was foretold is about the events that there were."""
    events = Event.objects.filter(pk__gt=after, depth=0).order_by("pk")
    return [(one.kind, None if one.kind in WITH_ITS_OWN_ID else one.data) for one in events]


def _foretold(world, rule: tuple, story: list, *, once: bool) -> tuple[list[tuple], list[tuple]]:
    """What trying the rule says after the same story without it, and that story; the trial leaves nothing behind."""
    with transaction.atomic():
        at = last_event()
        ticket = [ticket for ticket, _at in _live(world, story)][-1]
        unsaved = written(world, 1, rule, once=once)
        before = _everything(ticket)
        trial = try_rule(unsaved, queues=[], days=1)
        assert _everything(ticket) == before
        assert (trial.looked_at <= 1, trial.tickets, trial.is_cut) == (True, bool(trial.shown), False)
        happened = _happened(at)
        transaction.set_rollback(True)
    return [_told(would.event, would) for would in trial.shown], happened


def _told(event: Event, run: Any) -> tuple:
    results = [(each["result"], each.get("code")) for each in run.effects]
    return event.kind, event.depth, run.outcome, results, run.conditions


def _everything(ticket: Ticket) -> tuple:
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    counts = (Event.objects.count(), RuleRun.objects.count(), ticket.articles.count(), ticket.watchers.count())
    return row, counts


def test_any_event_of_the_past_can_be_explained(world):
    story = _live(world, [("priority", 5), ("priority", 1)])
    ticket = [ticket for ticket, _at in story][-1]
    first, second = ticket.events.filter(kind="priority.changed")
    rule = active(draft("High", ["priority"], [{"do": "spam"}], {"field": "priority", "is": 5}), by=world.alex)
    assert explain(rule, first) == {"field": "priority", "is": 5, "held": True}
    assert explain(rule, second) == {"field": "priority", "is": 5, "held": False}
    assert explain(rule, ticket.events.first()) is None
