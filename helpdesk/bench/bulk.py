"""A bulk change of many tickets, as one worker does it, in this process."""

import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, from_times, own_peak
from tickets.bulk import progress_of, run_item, run_job, start_job
from tickets.models import Job, JobItem, Priority, Ticket

TICKETS = 500
# A job is as long as so many pages.
FEWER = 10


def desk_bulk(ground: Ground) -> list[Result]:
    """500 of the newest tickets get another priority; the first job warms up. `queries` are those of one ticket."""
    priorities = list(Priority.objects.order_by("level").values_list("pk", flat=True))
    times = [
        _timed(ground, priorities[number % len(priorities)]) for number in range(max(2, ground.repeat // FEWER) + 1)
    ]
    facts = {"per_s": TICKETS * (len(times) - 1) / sum(times[1:]), "peak_mb": own_peak()}
    queries = _counted(ground, priorities[len(times) % len(priorities)])
    return [from_times("desk_bulk", times[1:], tickets=ground.tickets, queries=queries, **facts)]


def _timed(ground: Ground, priority: int) -> float:
    """The asking included."""
    started = time.perf_counter()
    job = _job(ground, priority, TICKETS)
    run_job(job)
    elapsed = time.perf_counter() - started
    became = progress_of(job)
    if became[JobItem.State.FAILED] or became[JobItem.State.WAITING]:
        raise AssertionError(f"not everything was changed: {became}")
    return elapsed


def _job(ground: Ground, priority: int, number: int) -> Job:
    tickets = Ticket.objects.allowing(ground.agent, "priority").exclude(priority=priority)
    return start_job(
        tickets.order_by("-changed_at", "-id")[:number], [{"do": "priority", "to": priority}], by=ground.agent
    )


def _counted(ground: Ground, priority: int) -> int:
    job = _job(ground, priority, 1)
    with CaptureQueriesContext(connection) as counted:
        run_item(job.items.get().pk)
    return len(counted)
