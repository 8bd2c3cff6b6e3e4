"""The tickets somebody looked at last, in their session: for the palette, which is faster than any list."""

from django.http import HttpRequest

from tickets.models import Ticket

REMEMBERED = "recent_tickets"
MOST, SHOWN = 12, 6


def remember_recent(request: HttpRequest, ticket: Ticket) -> None:
    known = request.session.get(REMEMBERED, [])
    if known[:1] != [ticket.pk]:
        request.session[REMEMBERED] = [ticket.pk, *(pk for pk in known if pk != ticket.pk)][:MOST]


def recent(request: HttpRequest) -> list[Ticket]:
    """The latest first; those that the person may not see any more are left out."""
    ids = request.session.get(REMEMBERED, [])
    found = Ticket.objects.allowing(request.user, "read").select_related("state").in_bulk(ids) if ids else {}
    return [found[pk] for pk in ids if pk in found][:SHOWN]
