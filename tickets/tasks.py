"""Wake-ups for the tickets app: deliveries of events, and tickets whose waiting time is over."""

import logging

from celery import shared_task

from accounts.people import system_actor
from core.clock import now
from core.work import sweep
from tickets import bulk, chores, claims, delivering, pictures, scanning, secret_links
from tickets.actions import progress
from tickets.events import Cause
from tickets.models import Chore, Delivery, FileCheck, Job, JobItem, Ticket

log = logging.getLogger(__name__)


@shared_task
def deliver(pk: int) -> None:
    """Run the *after* handlers for this event and for all that are due."""
    delivering.take_turn(pk)


@shared_task
def sweep_deliveries() -> None:
    claims.free_abandoned()
    sweep(Delivery)


@shared_task
def check_file(pk: int) -> None:
    """Ask the virus scanner about this file and all that are due."""
    scanning.take_turn(pk)


@shared_task
def sweep_files() -> None:
    """What waits when there is no scanner any more waits for the next one."""
    if scanning.is_on():
        sweep(FileCheck)


@shared_task
def forget_pictures() -> None:
    pictures.forget_pictures()


@shared_task
def forget_links() -> None:
    secret_links.forget_old()


@shared_task
def wake_pending() -> None:
    """Every ticket whose pending time has passed moves on or reminds; the cost follows what fell due."""
    due = Ticket.objects.filter(pending_until__lte=now(), pending_done=False, closed_at__isnull=True)
    actor = system_actor("system")
    for ticket in due.order_by("pending_until")[:500]:
        try:
            progress.wake_up(ticket, by=actor, cause=Cause("clock"))
        except Exception:
            log.exception("ticket %s did not wake up", ticket.number)


@shared_task
def run_job(pk: int) -> None:
    job = Job.objects.filter(pk=pk).first()
    if job is not None:
        bulk.run_job(job)


@shared_task
def run_job_item(pk: int) -> None:
    bulk.run_item(pk)


@shared_task
def sweep_jobs() -> None:
    sweep(JobItem)
    sweep(Chore)


# An index of a large table takes minutes; below the time after which the broker hands a wake-up out again.
@shared_task(soft_time_limit=840, time_limit=870)
def run_chore(pk: int) -> None:
    chores.run_chore(pk)
