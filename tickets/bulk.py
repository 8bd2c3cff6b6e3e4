"""Bulk work: a job does its steps with every ticket, each in a transaction of its own, and keeps what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count

from accounts.models import User
from core.later import after_commit
from core.work import nudge, run_inside
from tickets.events import Cause
from tickets.models import Job, JobItem, Ticket
from tickets.reading import has_read, mark_read
from tickets.steps import Refused, do, refuse_if_changed

MOST = 5_000
CHUNK = 500
# So many tickets in one go of a worker, which must end in time; then it is the turn of others.
AT_ONCE = 500
# Events say which job they belong to: "job 7".
JOB = "job "


class NothingToUndo(ValueError):
    """No ticket of the job can be put back, or that has been asked for already."""


def start_job(tickets: Iterable[Ticket], steps: Sequence[Mapping[str, Any]], *, by: User) -> Job:
    """Ask for `steps` on each of the tickets, at most `MOST`; a worker begins after the commit."""
    with transaction.atomic():
        job = Job.objects.create(owner=by, steps=list(steps))
        JobItem.objects.bulk_create(
            [JobItem(job=job, ticket=ticket) for ticket in list(tickets)[:MOST]], batch_size=CHUNK
        )
        after_commit(lambda: nudge("tickets.tasks.run_job", job.pk))
    return job


def undo_job(job: Job, *, by: User) -> Job:
    """A job that takes back what `job` did where that is possible. Raises `NothingToUndo`."""
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        items = [item for item in job.items.filter(state=JobItem.State.DONE).select_related("ticket") if item.undo]
        if not items or Job.objects.filter(undoes=job).exists():
            raise NothingToUndo
        back = Job.objects.create(owner=by, steps=[], undoes=job)
        JobItem.objects.bulk_create([JobItem(job=back, ticket=item.ticket) for item in items], batch_size=CHUNK)
        after_commit(lambda: nudge("tickets.tasks.run_job", back.pk))
    return back


def can_be_undone(job: Job) -> bool:
    """Whether `undo_job` would find something to do."""
    done = job.items.filter(state=JobItem.State.DONE).exclude(undo=[])
    return done.exists() and not Job.objects.filter(undoes=job).exists()


def run_job(job: Job) -> None:
    """What is due now of a job; another worker may be at it too."""
    due = list(JobItem.objects.due().filter(job=job).values_list("pk", flat=True)[: AT_ONCE + 1])
    for pk in due[:AT_ONCE]:
        run_item(pk)
    if len(due) > AT_ONCE:
        nudge("tickets.tasks.run_job", job.pk)


def run_item(pk: int) -> bool:
    return run_inside(JobItem, pk, _run)


def progress_of(job: Job) -> dict[str, int]:
    """How many tickets are in which state, all states named."""
    counted = dict(job.items.values_list("state").annotate(Count("id")))
    return {state: counted.get(state, 0) for state in JobItem.State.values}


def _run(item: JobItem) -> None:
    job = item.job
    ticket = Ticket.objects.select_related("queue", "state").get(pk=item.ticket_id)
    was_read = has_read(ticket, job.owner)
    steps = _steps_for(item)
    try:
        with transaction.atomic():
            if job.undoes_id and "since" in steps[0]:
                refuse_if_changed(steps, ticket, since=steps[0]["since"])
            changed, undo = _do_all(steps, ticket, by=job.owner, cause=Cause("desk", f"{JOB}{job.pk}"))
    except Refused as refusal:
        item.state, item.reason = JobItem.State.FAILED, refusal.code
    else:
        item.state = JobItem.State.DONE if changed else JobItem.State.UNCHANGED
        item.undo = _as_of_now(undo, ticket)
        if changed and was_read:
            ticket.refresh_from_db(fields=["changed_at"])
            mark_read(ticket, by=job.owner)
    item.save(update_fields=["state", "reason", "undo"])


def _as_of_now(undo: list[dict[str, Any]], ticket: Ticket) -> list[dict[str, Any]]:
    """With the version after which nobody else may have changed the same."""
    if not undo:
        return []
    version = Ticket.objects.values_list("version", flat=True).get(pk=ticket.pk)
    return [{**step, "since": version} for step in undo]


def _steps_for(item: JobItem) -> Sequence[Mapping[str, Any]]:
    if item.job.undoes_id is None:
        return item.job.steps
    return JobItem.objects.values_list("undo", flat=True).get(job=item.job.undoes_id, ticket=item.ticket_id)


def _do_all(
    steps: Sequence[Mapping[str, Any]], ticket: Ticket, *, by: User, cause: Cause
) -> tuple[bool, list[dict[str, Any]]]:
    """All or nothing; the undoing runs backwards."""
    changed = False
    undo: list[dict[str, Any]] = []
    for step in steps:
        did, back = do(step, ticket, by=by, cause=cause)
        changed, undo = changed or did, [*back, *undo]
        ticket = Ticket.objects.select_related("queue", "state").get(pk=ticket.pk)
    return changed, undo
