"""The list beside a ticket: the one the agent came from, with the tickets before and after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from core.pagination import page_of
from tickets.models import Ticket
from tickets.rows import rows_for
from web.desk.lists import Listing, queue_listing, remembered

PANE_ROWS = 40


@dataclass(frozen=True)
class Neighbours:
    listing: Listing
    rows: Sequence[Ticket]
    before: Ticket | None = None
    after: Ticket | None = None


def neighbours(request: HttpRequest, ticket: Ticket) -> Neighbours:
    """Where the ticket is not in the list that was looked at last, those of its queue."""
    listing = remembered(request)
    rows = _first_rows(request, listing)
    if ticket not in rows and not listing.tickets.filter(pk=ticket.pk).exists():
        listing = queue_listing(ticket.queue, request.user, closed=not ticket.is_open)
        rows = _first_rows(request, listing)
    at = next((index for index, row in enumerate(rows) if row.pk == ticket.pk), None)
    before = rows[at - 1] if at else None
    after = rows[at + 1] if at is not None and at + 1 < len(rows) else None
    return Neighbours(listing, rows, before, after)


def _first_rows(request: HttpRequest, listing: Listing) -> Sequence[Ticket]:
    shown = rows_for(request.user)
    return page_of(listing.tickets, order=listing.order, size=PANE_ROWS, shown=shown).rows
