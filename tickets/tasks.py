"""Wake-ups for the tickets app: deliveries of events, and tickets whose waiting time is over."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.people import system_actor
from core import logs
from core.work import LEASE, run_leased, sweep, wake
from tickets.actions import progress
from tickets.events import Cause, handlers
from tickets.models import Delivery, Event, Ticket

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
def wake_pending() -> None:
    """Every ticket whose pending time has passed moves on or reminds; the cost follows what fell due."""
    due = Ticket.objects.filter(pending_until__lte=timezone.now(), pending_done=False, closed_at__isnull=True)
    actor = system_actor("system")
    for ticket in due.order_by("pending_until")[:500]:
        try:
            progress.wake_up(ticket, by=actor, cause=Cause("clock"))
        except Exception:
            log.exception("ticket %s did not wake up", ticket.number)


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
