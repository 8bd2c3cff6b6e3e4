"""The sweep: clocks that have reached a mark say so, each once, in the order in which they were reached.

The cost follows what is due, for it is found by an index. Several may sweep at once: whoever has the lock of a ticket
tells, the others pass by; a mark and its event are one transaction. What agents are just working on comes next time.
"""

import heapq
import logging
import time
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.people import system_actor
from core.clock import now
from sla.cases import Case, timer_of
from sla.clocks import Timer
from sla.models import Clock, Kind
from sla.telling import tell
from sla.terms import hours_of
from sla.writing import write_clocks
from tickets.actions.routing import unlock
from tickets.events import Cause

log = logging.getLogger(__name__)

BATCH = 500
# For less than a task may last.
SECONDS = 40


def sweep(seconds: float = SECONDS) -> int:
    """Tell of all marks that have been reached by now; returns how many."""
    told, left, end = 0, set[int](), time.monotonic() + seconds
    while time.monotonic() < end:
        batch = _due(left)
        if not batch:
            break
        actor = system_actor("sla")
        # What comes up next may be due before others of the next batch, never after the last of this one.
        until = batch[-1][0] if len(batch) == BATCH else now()
        heap = sorted(batch)
        while heap and time.monotonic() < end:
            _at, pk = heapq.heappop(heap)
            timer = _tell_next(pk, left, by=actor)
            if timer is None:
                continue
            told += 1
            next_at = timer.fires_at(hours_of)
            if timer.is_going and next_at and next_at <= until:
                heapq.heappush(heap, (next_at, pk))
    return told


def _due(left: set[int]) -> list[tuple[datetime, int]]:
    found = Clock.objects.due(now()).exclude(pk__in=left).values_list("fires_at", "pk")[:BATCH]
    return [(at, pk) for at, pk in found if at is not None]


def _tell_next(pk: int, left: set[int], *, by: User) -> Timer | None:
    """Tell of the next mark of one clock; returns the clock, or None when there is nothing to tell.

    Clocks of tickets in other hands, and those that fail, are added to `left`: they stop nobody else.
    """
    try:
        with transaction.atomic():
            clock = _locked(pk)
            if clock is None:
                left.add(pk)
                return None
            return _tell(clock, by=by)
    except Exception:
        log.exception("the clock %s could not be told of", pk)
        left.add(pk)
        return None


def _tell(clock: Clock, *, by: User) -> Timer:
    assert clock.fires_at is not None
    case, timer = Case(clock.ticket, None, clocks={clock.pk: clock}), timer_of(clock)
    case.situation.timers[clock.kind] = timer
    tell(case, timer, clock.fires_at, by=by, cause=Cause("clock"))
    write_clocks([case])
    if clock.kind == Kind.LOCK:
        unlock(clock.ticket, by=by, cause=Cause("clock"))
    return timer


def _locked(pk: int) -> Clock | None:
    """A clock that is due, with its ticket, both locked: None when somebody else has one of them or was quicker.

    Both rows are asked for in one statement, and nobody waits in it: what it gives is what is stored now.
    """
    rows = Clock.objects.select_related("ticket").select_for_update(
        of=("self", "ticket"), no_key=True, skip_locked=True
    )
    return rows.filter(pk=pk, fires_at__lte=now()).first()
