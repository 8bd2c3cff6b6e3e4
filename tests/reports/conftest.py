"""What tests of reports share: random worlds, told as their histories tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from automation.models import SurveyAnswer, SurveyInvitation
from core.clock import pretend
from reports.keeping import keep
from sla import sweeping
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, OFFICE, hours_of_queue, office, sla  # noqa: F401
from tickets.actions.effort import remove_time, spend
from tickets.actions.merging import merge, unmerge
from tickets.actions.progress import set_priority, set_state
from tickets.actions.removing import mark_spam, restore, trash
from tickets.actions.replying import add_note, log_call, receive, reply, take_back
from tickets.actions.routing import assign, move
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.messages import Message
from tickets.models import Priority, State, Ticket

SAY = Message(text="Hello")
# A Friday in March, two days before the clocks of Berlin change.
BEGIN = datetime(2026, 3, 27, 8, tzinfo=UTC)
ACTS = [
    "reply",
    "reply",
    "reply",
    "receive",
    "receive",
    "note",
    "call",
    "wait",
    "open",
    "close",
    "close",
    "move",
    "assign",
    "assign",
    "free",
    "priority",
    "spam",
    "restore",
    "trash",
    "away",
    "back",
    "spend",
    "unspend",
    "rate",
    "sweep",
    "later",
    "taken",
]


@dataclass(frozen=True)
class Step:
    """After so many seconds this happens to the ticket of this number, by one of two agents."""

    pause: int
    ticket: int
    act: str
    dice: int


def worlds(most: int = 30) -> st.SearchStrategy[list[Step]]:
    step = st.builds(Step, st.integers(1, 9 * HOUR), st.integers(0, 3), st.sampled_from(ACTS), st.integers(0, 5))
    return st.lists(step, min_size=3, max_size=most)


@pytest.fixture
def promised(world: Any, sla: Any) -> None:  # noqa: F811
    """Targets short enough that some are missed."""
    goals = {"first_response": 2 * HOUR, "next_response": HOUR, "update": 8 * HOUR, "solution": 12 * HOUR}
    sla(**goals, warnings=[50], levels=[HOUR])
    hours_of_queue(world.support, stay=4 * HOUR)


def live(world: Any, steps: Sequence[Step]) -> datetime:
    """Let all of it happen, tell it to reports, and return when it was over."""
    moment = BEGIN
    tickets = []
    for number, queue in enumerate((world.support, world.billing, world.hardware, world.support)):
        moment += timedelta(minutes=7 * number)
        with pretend(moment):
            customer = (world.dana, world.erik)[number % 2]
            tickets.append(TicketFactory(queue=queue, customer=customer, channel=("email", "web")[number % 2]))
    for step in steps:
        moment += timedelta(seconds=step.pause)
        with pretend(moment):
            happen(world, tickets, step, moment)
    keep(list(Ticket.objects.values_list("pk", flat=True)))
    return moment


def happen(world: Any, tickets: list[Ticket], step: Step, moment: datetime) -> None:
    ticket = Ticket.objects.get(pk=tickets[step.ticket].pk)
    if (ticket.merged_into_id or ticket.is_removed) and step.act not in ("back", "restore", "sweep"):
        return
    states = {name: State.objects.get(name=name) for name in ("open", "pending reminder", "closed successful")}
    by = (world.bea, world.alex)[step.dice % 2]
    match step.act:
        case "reply":
            reply(ticket, SAY, by=by)
        case "receive":
            receive(ticket, SAY, channel="email", by=ticket.customer)
        case "note":
            add_note(ticket, SAY, by=by)
        case "call":
            log_call(ticket, SAY, caller=("customer", "agent")[step.dice % 2], by=by)
        case "wait":
            set_state(ticket, states["pending reminder"], until=moment + timedelta(days=30), by=by)
        case "open":
            set_state(ticket, states["open"], by=by)
        case "close":
            set_state(ticket, states["closed successful"], by=by)
        case "move":
            move(ticket, (world.support, world.billing, world.hardware)[step.dice % 3], by=by)
        case "assign":
            assign(ticket, (world.bea, world.alex, world.carlos)[step.dice % 3], by=by)
        case "free":
            assign(ticket, None, by=by)
        case "priority":
            set_priority(ticket, Priority.objects.get(level=1 + step.dice % 5), by=by)
        case "sweep":
            sweeping.sweep()
        case _:
            happen_seldom(world, tickets, ticket, step, moment)


def happen_seldom(world: Any, tickets: list[Ticket], ticket: Ticket, step: Step, moment: datetime) -> None:
    by = world.bea
    match step.act:
        case "spam":
            mark_spam(ticket, (None, world.billing)[step.dice % 2], by=by)
        case "restore":
            restore(ticket, by=by)
        case "trash":
            trash(ticket, by=by)
        case "away":
            into = Ticket.objects.get(pk=tickets[(step.ticket + 1 + step.dice % 3) % 4].pk)
            if not (into.merged_into_id or into.is_removed):
                merge(ticket, into=into, by=by)
        case "back":
            if ticket.merged_into_id and not ticket.merged_into.merged_into_id:
                unmerge(ticket, by=by)
        case "spend":
            spend(ticket, 5 + step.dice, at=moment - timedelta(hours=step.dice), by=by)
        case "unspend":
            if (entry := ticket.time_entries.first()) is not None:
                remove_time(entry, by=by)
        case "rate":
            rate(ticket, 1 + step.dice % 5)
        case "later":
            reply(ticket, Message(text="Hello", send_at=moment + timedelta(days=1)), by=by)
        case "taken":
            waiting = [each for each in ticket.articles.filter(send_at__gt=moment, author=by) if not each.marks]
            if waiting:
                take_back(waiting[0], by=by)


def rate(ticket: Ticket, score: int) -> None:
    """As automation/surveying.py leaves it."""
    event = ticket.events.order_by("-id").first()
    if SurveyInvitation.objects.filter(ticket=ticket, event=event).exists():
        return
    asked = SurveyInvitation.objects.create(
        ticket=ticket, event=event, customer=ticket.customer, language="en", state="answered", due_at=None
    )
    with locked(ticket) as fresh:
        now = event.at + timedelta(seconds=1)
        SurveyAnswer.objects.create(
            invitation=asked, ticket=fresh, queue=fresh.queue, owner=fresh.owner, score=score, answered_at=now
        )
        data = {"score": {"was": None, "now": {"id": score, "name": str(score)}}}
        record(fresh, "survey.answered", by=ticket.customer, cause=Cause("survey"), data=data)
