"""For random histories: what is stored is what the journal says, and the journal is what the history says.

`SLA_STORIES=500 bin/test tests/sla/test_properties.py` tells as many stories for each law.
"""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import pretend
from sla import sweeping
from sla.cases import timer_of
from sla.clocks import GOING, Timer
from sla.journals import disagreements, explain
from sla.models import Clock, EntryKind
from sla.past import history_of
from sla.story import Situation, fold
from sla.terms import current_setup, hours_of, line_of, terms_for
from tests.factories import TicketFactory
from tests.sla import reference
from tests.sla.conftest import HOUR, at, due, hours_of_queue
from tickets.actions.merging import merge, unmerge
from tickets.actions.progress import set_priority, set_state
from tickets.actions.removing import mark_spam, restore, trash
from tickets.actions.replying import add_note, forward, receive, reply, take_back
from tickets.actions.routing import lock, move, unlock
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Priority, State, Ticket

pytestmark = pytest.mark.django_db

SAY = Message(text="Hello")
STORIES = int(os.environ.get("SLA_STORIES", "6"))
ACTS = ["reply", "receive", "note", "wait", "open", "close", "move", "lock", "unlock", "sweep"]
ACTS_WITH_NEW_TERMS = [*ACTS, "priority"]
# What the desk does besides; "away" and "back" are this ticket's merge, "absorb" and "release" another one's.
OF_THE_DESK = ["trash", "spam", "restore", "forward", "away", "back", "absorb"]
# What takes back is told twice as often, or it would seldom have anything to take.
TAKING_BACK = ["answer later", "take back", "take back", "absorb", "release", "release"]
GONE = ("back", "restore", "sweep")


def stories(acts: list[str]):
    return st.lists(st.tuples(st.sampled_from(acts), st.integers(1, 9 * 3600)), min_size=1, max_size=9)


def live(world, story) -> Ticket:
    """A ticket to which this happens, each so many seconds after the other."""
    moment = at(0, "10:00")
    with pretend(moment):
        ticket = TicketFactory(queue=world.support, customer=world.dana)
    for act, pause in story:
        moment += timedelta(seconds=pause)
        with pretend(moment):
            happen(world, ticket, act, moment)
        assert disagreements(ticket) == []
    return Ticket.objects.get(pk=ticket.pk)


def happen(world, ticket: Ticket, act: str, moment) -> None:
    fresh = Ticket.objects.get(pk=ticket.pk)
    if (fresh.merged_into_id or fresh.is_removed) and act not in GONE:
        return
    states = {name: State.objects.get(name=name) for name in ("open", "pending reminder", "closed successful")}
    match act:
        case "reply":
            reply(ticket, SAY, by=world.bea)
        case "receive":
            receive(ticket, SAY, channel="email", by=world.dana)
        case "note":
            add_note(ticket, SAY, by=world.bea)
        case "wait":
            set_state(ticket, states["pending reminder"], until=moment + timedelta(days=30), by=world.bea)
        case "open":
            set_state(ticket, states["open"], by=world.bea)
        case "close":
            set_state(ticket, states["closed successful"], by=world.bea)
        case "move":
            move(ticket, world.hardware if fresh.queue_id == world.support.pk else world.support, by=world.bea)
        case "lock":
            lock(ticket, by=world.bea)
        case "unlock":
            unlock(ticket, by=world.bea)
        case "priority":
            set_priority(ticket, Priority.objects.get(level=8 - fresh.priority.level), by=world.bea)
        case "sweep":
            sweeping.sweep()
        case _:
            use_the_desk(world, fresh, act, moment)


def use_the_desk(world, ticket: Ticket, act: str, moment) -> None:
    match act:
        case "trash":
            trash(ticket, by=world.bea)
        case "spam":
            mark_spam(ticket, None, by=world.bea)
        case "restore":
            restore(ticket, by=world.bea)
        case "forward":
            to = [{"name": "", "address": "supplier@parts.example"}]
            forward(ticket, Message(text="Please look", to=to), by=world.bea)
        case "away":
            merge(ticket, into=partner(world, moment), by=world.bea)
        case "back":
            unmerge(ticket, by=world.bea)
        case "absorb":
            merge(partner(world, moment), into=ticket, by=world.bea)
        case "release":
            absorbed = ticket.merged.order_by("id").last()
            if absorbed is not None:
                unmerge(absorbed, by=world.bea)
        case "answer later":
            reply(ticket, Message(text="Hello", send_at=moment + timedelta(days=1)), by=world.bea)
        case "take back":
            waiting = [each for each in ticket.articles.filter(send_at__gt=moment) if not each.marks]
            if waiting:
                take_back(waiting[0], by=world.bea)


def partner(world, moment) -> Ticket:
    """Another ticket, whose customer has waited for half an hour after an answer."""
    with pretend(moment - timedelta(minutes=40)):
        ticket = TicketFactory(queue=world.billing, customer=world.dana)
        reply(ticket, SAY, by=world.bea)
    with pretend(moment - timedelta(minutes=30)):
        receive(ticket, SAY, channel="email", by=world.dana)
    return ticket


def told_of(timer: Timer, lines) -> tuple:
    """A clock without what the sweep has told of it."""
    journal = [
        (line.kind, line.at, line.event_id if hasattr(line, "event_id") else line.event, line.spent) for line in lines
    ]
    numbers = (timer.kind, timer.state, timer.since, timer.spent, timer.counted_at, timer.promise)
    return numbers, [line for line in journal if line[0] != EntryKind.MARK]


@settings(max_examples=STORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories([*ACTS, *OF_THE_DESK]))
def test_the_clocks_follow_from_the_history(world, promises, story):
    ticket = live(world, story)
    past = as_history_tells(ticket)
    expected = [told_of(timer, timer.lines) for timer in (*past.replaced, *past.timers.values())]
    clocks = Clock.objects.filter(ticket=ticket).order_by("id")
    stored = [told_of(timer_of(clock), clock.entries.all()) for clock in clocks]
    assert sorted(stored, key=str) == sorted(expected, key=str)


@settings(max_examples=STORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories([*ACTS, *OF_THE_DESK, *TAKING_BACK]))
def test_what_was_taken_back_never_counted(world, promises, story):
    """The journals of such clocks tell how it was; their numbers are those of a history in which it never was."""
    ticket = live(world, story)
    past = as_history_tells(ticket)
    expected = [figures(timer) for timer in (*past.replaced, *past.timers.values())]
    clocks = Clock.objects.filter(ticket=ticket).exclude(state="cancelled")
    stored = [figures(timer_of(clock)) for clock in clocks]
    assert sorted(stored, key=str) == sorted(expected, key=str)


def as_history_tells(ticket: Ticket) -> Situation:
    setup = current_setup()
    terms = terms_for(setup, ticket, setup.policies[0].row.pk, line_of(setup, ticket.queue_id))
    return fold(history_of(ticket.pk), terms, hours_of)


def figures(timer: Timer) -> tuple:
    return timer.kind, timer.state, timer.since, timer.promise, timer.spent_at(at(20, "10:00"), hours_of)


@settings(max_examples=STORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories(ACTS_WITH_NEW_TERMS))
def test_the_numbers_are_those_of_the_plain_count(world, promises, story):
    """Also when targets change on the way: what was spent stays spent."""
    ticket = live(world, story)
    hours, clocks, later = hours_of(promises.current().pk), Clock.objects.filter(ticket=ticket), at(9, "10:00")

    def says(clock: Clock) -> int:
        return timer_of(clock).spent_at(later, hours_of)

    assert says(clocks.get(kind="solution")) == reference.spent(ticket, hours, at(0, "10:00"), later)
    first, response = reference.first_response(ticket), clocks.get(kind="first_response")
    assert (response.state == "met") == (first is not None)
    assert says(response) == reference.spent(ticket, hours, *(first or (at(0, "10:00"), later)))
    responses, waits = clocks.filter(kind="next_response").order_by("id"), reference.next_responses(ticket)
    for clock, (begin, end) in zip(responses, waits, strict=True):
        assert clock.since == begin
        assert (clock.state == "met") == (end is not None)
        assert says(clock) == reference.spent(ticket, hours, begin, end or later)


@settings(max_examples=STORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories([*ACTS_WITH_NEW_TERMS, *OF_THE_DESK, *TAKING_BACK]))
def test_what_is_said_about_clocks_fits_together(world, promises, story):
    ticket = live(world, story)
    assert broken_links(ticket) == []
    now = at(9, "10:00")
    dues = []
    for clock in Clock.objects.filter(ticket=ticket):
        intervals = explain(clock, now)
        since_renewal = [i for i in intervals if not any(j.kind == "renew" and j.begin > i.begin for j in intervals)]
        assert sum(interval.seconds for interval in since_renewal) == intervals[-1].total
        assert intervals[-1].total == timer_of(clock).spent_at(now, hours_of)
        assert all(a.end == b.begin for a, b in zip(intervals, intervals[1:], strict=False))
        if clock.state in GOING and clock.kind != "lock":
            dues.append(clock.due_at)
        told = list(clock.entries.filter(kind="mark").values_list("note", flat=True))
        assert set(clock.fired) <= set(told) | {name for name, seconds in clock.marks if seconds <= clock.spent}
    assert due(ticket) == min((moment for moment in dues if moment), default=None)


@pytest.fixture
def promises(world, office, sla):
    sla(
        first_response=2 * HOUR,
        next_response=HOUR,
        update=6 * HOUR,
        solution=20 * HOUR,
        high={"solution": 4 * HOUR, "next_response": 3 * HOUR},
        warnings=[50],
        levels=[HOUR],
    )
    hours_of_queue(world.support, stay=3 * HOUR, unlock_after=2 * HOUR)
    return office
