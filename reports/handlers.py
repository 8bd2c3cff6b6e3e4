"""What events mean for reports: rows stay with the ticket's queue, and are told anew (settings.WITHIN and AFTER)."""

from collections.abc import Sequence

from reports.keeping import keep
from reports.models import Fact, Span, Story
from tickets.models import Delivery, Event


def follow(event: Event) -> None:
    """The ticket is in another queue: from this moment on its rows count for whoever may see it there."""
    if "queue" not in event.data or event.kind == "ticket.created":
        return
    home = event.ticket.queue_id
    for model in (Fact, Span, Story):
        model._default_manager.filter(ticket=event.ticket_id).exclude(home_id=home).update(home_id=home)


def retell(event: Event) -> None:
    """The whole ticket: once for events that come in a row, after the last of them."""
    later = Delivery.objects.unfinished().filter(ticket_id=event.ticket_id, event__gt=event.pk)
    told = Story.objects.filter(pk=event.ticket_id, version__gte=event.version)
    if not later.exists() and not told.exists():
        keep([event.ticket_id])


def retell_all(events: Sequence[Event]) -> None:
    """The same for many tickets, in as many questions as for one (settings.TOGETHER)."""
    if events:
        keep({event.ticket_id for event in events})
