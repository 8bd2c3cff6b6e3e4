"""How clocks stand at a moment: how much is spent and left, in business time. For lists, pages and programs.

A page of tickets costs one query; the hours of calendars are remembered (sla/terms.py).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from core.prepared import IDS, prepared
from sla.cases import UNPROMISED, timer_of
from sla.clocks import BREACH
from sla.models import Clock, Kind, State
from sla.terms import hours_of
from tickets.models import Ticket

# With less business time left than this, a clock needs a look even if nobody was warned.
SOON = 3600


class Look(StrEnum):
    """How pressing it is."""

    FINE = "fine"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    # Over: in time, or not.
    MET = "met"
    MISSED = "missed"
    # Over without an end, as when the ticket was closed before anybody answered.
    STOPPED = "stopped"


@dataclass(frozen=True)
class Standing:
    """A clock at one moment. Seconds of business time, moments in real time."""

    clock: Clock
    look: Look
    spent: int
    # When nothing will be left, or was; None while it stands still and never ran out.
    due_at: datetime | None
    # While it runs: the stretch of opening hours in which it counts, or will next.
    counts: tuple[datetime, datetime] | None

    @property
    def kind(self) -> Kind:
        return Kind(self.clock.kind)

    @property
    def target(self) -> int:
        return self.clock.target

    @property
    def left(self) -> int:
        """Negative when it is late."""
        return self.target - self.spent

    @property
    def part(self) -> int:
        """Per cent of the target that are spent, at most 100."""
        return min(100, self.spent * 100 // self.target) if self.target else 100


def standing_of(clock: Clock, now: datetime) -> Standing:
    timer = timer_of(clock)
    runs = clock.state == State.RUNNING
    spent = timer.spent_at(now, hours_of)
    due_at = clock.due_at if runs else clock.passed_at
    counts = hours_of(clock.calendar_id).stretch(now) if runs else None
    return Standing(clock, _look(clock, spent, due_at, now), spent, due_at, counts)


def deadlines_of(tickets: Iterable[Ticket], now: datetime) -> Mapping[int, Standing]:
    """The most pressing clock of each ticket, by the ticket's id: the one that is due first, else one that waits.

    One query for all of them; tickets to which nothing is promised now are left out.
    """
    ids = [ticket.pk for ticket in tickets]
    going = _promised(ids) if ids else ()
    pressing: dict[int, Clock] = {}
    for clock in sorted(going, key=_urgency, reverse=True):
        pressing[clock.ticket_id] = clock
    return {pk: standing_of(clock, now) for pk, clock in pressing.items()}


@prepared(IDS)
def _promised(ids: Collection[int]) -> QuerySet[Clock]:
    return Clock.objects.going().filter(ticket_id__among=ids).exclude(kind__in=UNPROMISED)


def latest_clocks(ticket: Ticket) -> Sequence[Clock]:
    """The latest clock of each kind, with the name of its calendar, in the order of kinds. Cancelled ones are gone."""
    order = list(Kind)
    found = [clock for clock in _present(ticket.pk) if clock.state != State.CANCELLED]
    return sorted(found, key=lambda clock: order.index(Kind(clock.kind)))


@prepared(int)
def _present(pk: int) -> QuerySet[Clock]:
    return Clock.objects.filter(ticket=pk).select_related("calendar__calendar", "policy").present()


def _look(clock: Clock, spent: int, due_at: datetime | None, now: datetime) -> Look:
    if clock.state == State.PAUSED:
        return Look.PAUSED
    if clock.state == State.MET:
        return Look.MISSED if clock.late_by > 0 else Look.MET
    if clock.state != State.RUNNING:
        return Look.STOPPED
    if due_at is not None and due_at <= now:
        return Look.LATE
    warned = any(mark != BREACH and mark.startswith("w") for mark in clock.fired)
    return Look.SOON if warned or clock.target - spent <= SOON else Look.FINE


def _urgency(clock: Clock) -> tuple[bool, float]:
    """What runs comes before what stands still, and is ordered by real time, as `Ticket.due_at` is."""
    if clock.due_at is not None:
        return (False, clock.due_at.timestamp())
    return (True, float(clock.target - clock.spent))
