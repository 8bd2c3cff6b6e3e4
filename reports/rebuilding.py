"""All rows compared with all histories, and mended: after a load past the verbs, an upgrade, or a check that failed.

It goes through the tickets by number, and where it was stopped it goes on. What agrees is left alone, so that it may
run while people work.
"""

import time
from array import array
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from core.clock import now
from core.work import wake
from reports.keeping import NEIGHBOURS, keep
from reports.models import Rebuild, Story
from reports.tallying import fold
from tickets.models import Ticket

# Seconds of work at a time, well below the limit of a task.
BUDGET = 40.0


def ask_for(reason: str) -> Rebuild:
    """Have all rows looked at, once: who asks while one waits gets that one."""
    waiting = Rebuild.objects.unfinished().filter(last_ticket=0).first()
    if waiting is None:
        waiting = Rebuild.objects.create(reason=reason[:40])
        wake(waiting)
    return waiting


def run(row: Rebuild, *, seconds: float = BUDGET) -> None:
    """Go on where it stopped, for so long; what is left is due again at once."""
    until = time.monotonic() + seconds
    while (start := _next_after(row.last_ticket)) is not None:
        ids = _neighbours(start)
        row.mended += len(keep(ids))
        row.done, row.last_ticket = row.done + len(ids), ids[-1]
        row.save(update_fields=["last_ticket", "done", "mended"])
        if time.monotonic() > until:
            row.due_at, row.attempts = timezone.now() + timedelta(seconds=1), 0
            return
    row.finished_at = now()
    row.save(update_fields=["finished_at"])


def tell_all() -> int:
    """Tell every ticket that is not told yet, at once; how many that were. After a load of some tickets."""
    return sum(len(keep(ids)) for ids in untold())


def untold() -> Iterator[list[int]]:
    """The tickets whose last event is not told, in groups that are told under one lock."""
    told = Subquery(Story.objects.filter(pk=OuterRef("pk")).values("version")[:1])
    behind = Ticket.objects.annotate(told=told).filter(Q(told__isnull=True) | ~Q(told=F("version"))).order_by("pk")
    found = array("q", behind.values_list("pk", flat=True).iterator(chunk_size=10_000))
    for _number, ids in groupby(found, key=lambda pk: pk // NEIGHBOURS):
        yield list(ids)


def settle_tables() -> None:
    """After a large load sums are folded, and PostgreSQL learns what there is now."""
    fold()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE reports_fact, reports_span, reports_story, reports_tally")
        cursor.execute("RESET statement_timeout")


def _next_after(pk: int) -> int | None:
    return Ticket.objects.filter(pk__gt=pk).order_by("pk").values_list("pk", flat=True).first()


def _neighbours(start: int) -> list[int]:
    """The tickets from this one on that are told under one lock."""
    end = (start // NEIGHBOURS + 1) * NEIGHBOURS
    return list(Ticket.objects.filter(pk__gte=start, pk__lt=end).order_by("pk").values_list("pk", flat=True))
