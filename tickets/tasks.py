"""Wake-ups for the tickets app: deliveries of events, and tickets whose waiting time is over."""

import logging

from celery import shared_task

from accounts.people import system_actor
from core import logs
from core.clock import now
from core.work import LEASE, run_leased, sweep, wake
from tickets import bulk, chores, pictures, secret_links
from tickets.actions import progress
from tickets.events import Cause, handlers
from tickets.models import Chore, Delivery, Event, Job, JobItem, Ticket

log = logging.getLogger(__name__)

# A task must end in time; what is left is woken anew.
MOST_AT_ONCE = 20


@shared_task
def deliver(pk: int) -> None:
    """Run the *after* handlers for one event, then for the later ones of its ticket, which wait for it.

    Each handler that has succeeded once is not run again.
    """
    delivery = Delivery.objects.unfinished().filter(pk=pk).first()
    if delivery is None or _waits_for_earlier(delivery):
        return
    for _event in range(MOST_AT_ONCE):
        if not run_leased(Delivery, delivery.pk, _run_handlers, lease=LEASE):
            return
        following = Delivery.objects.unfinished().filter(ticket_id=delivery.ticket_id).order_by("event").first()
        if following is None or following.pk == delivery.pk:  # the latter has failed: the others wait for it
            return
        delivery = following
    wake(delivery)


@shared_task
def sweep_deliveries() -> None:
    sweep(Delivery)


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


def _run_handlers(delivery: Delivery) -> None:
    """A failing handler fails alone: the others run, and only it is tried again."""
    delivery.event = Event.objects.select_related("ticket", "article").get(pk=delivery.event_id)
    logs.note(ticket=delivery.event.ticket.number)
    failed: Exception | None = None
    for handler in handlers("AFTER"):
        name = f"{handler.__module__}.{handler.__name__}"
        if name in delivery.done:
            continue
        try:
            handler(delivery.event)
        except Exception as error:
            log.exception("%s failed for event %s", name, delivery.event_id)
            failed = error
        else:
            delivery.done = [*delivery.done, name]
    if failed:
        raise failed


def _waits_for_earlier(delivery: Delivery) -> bool:
    """Order per ticket: an earlier event of the same ticket that is not done and not parked goes first."""
    earlier = Delivery.objects.unfinished().filter(ticket_id=delivery.ticket_id, event__lt=delivery.event_id)
    return earlier.exists()
