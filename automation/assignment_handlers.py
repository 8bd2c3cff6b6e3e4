"""What events mean for giving tickets, after the commit (settings.AFTER)."""

import logging

from automation import availability, candidates, giving
from core.memo import for_a_moment
from tickets.events import TooDeep
from tickets.models import Event

log = logging.getLogger(__name__)

# A ticket may be nobody's after these.
OPENED = frozenset({"ticket.created", "queue.changed", "ticket.restored", "ticket.unmerged"})
REOPENED = "ticket.reopened"
# Somebody may have less to do after these.
FREEING = frozenset({"ticket.closed", "state.changed", "ticket.merged", "ticket.trashed", "ticket.spam"})
OWNER = "owner.changed"


def assign(event: Event) -> None:
    """Tickets that are nobody's are given as their queue says, and who is free again gets what waits.

    Done twice it changes nothing, as the ticket is somebody's then. A loop of automations ends here quietly.
    """
    try:
        with for_a_moment():  # what priorities weigh and an SLA promises is the same for each of many tickets
            _give(event)
    except TooDeep:
        log.warning("ticket %s goes round in a loop and is given to nobody", event.ticket.number)
    freed = _freed(event)
    if freed is not None:
        availability.offer_waiting_to(freed)


def _give(event: Event) -> None:
    if event.kind == REOPENED and event.ticket.owner_id is not None:
        giving.give_instead_of_absent(event.ticket, event=event)
    elif event.kind == REOPENED or event.kind in OPENED:
        if event.ticket.owner_id is None and candidates.anything_is_given():
            giving.give_at_work(event.ticket, event=event)
    elif event.kind == OWNER and event.data["owner"]["now"] is None and candidates.anything_is_given():
        giving.give_at_work(event.ticket, event=event, not_to=[event.data["owner"]["was"]["id"]])


def _freed(event: Event) -> int | None:
    """Who has a ticket less to work on."""
    if event.kind == OWNER:
        was = event.data["owner"]["was"]
        return was["id"] if was else None
    return event.ticket.owner_id if event.kind in FREEING else None
