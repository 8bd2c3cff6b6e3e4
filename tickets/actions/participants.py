"""Who is kept in copy of a request on the customer's side. They see that one request, and nothing else by it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people import customer_for_address
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.models import Event, Ticket
from tickets.participation import MOST, most_reached

ADDED, REMOVED = "participant.added", "participant.removed"


def add_address(ticket: Ticket, address: str, *, by: User, cause: Cause | None = None) -> Event | None:
    """Keep whoever has this address in copy; somebody unknown becomes a customer. None when nothing has changed.

    The answer is the same whether or not the address is known, so that nobody finds out who is. Raises
    `ValidationError` for somebody who is no longer active, and where there are too many already.
    """
    person = customer_for_address(address, language=ticket.language)
    if person.is_system or not person.is_active:
        raise ValidationError(_("This address cannot be kept in copy."), code="inactive")
    return add(ticket, person, by=by, cause=cause)


def add(ticket: Ticket, user: User, *, by: User, cause: Cause | None = None) -> Event | None:
    """The customer needs no place among them. Raises `ValidationError` where there are too many."""
    with locked(ticket) as ticket:
        if user.pk == ticket.customer_id or ticket.participants.filter(user=user).exists():
            return None
        if most_reached(ticket):
            raise ValidationError(_("There are %(number)s people in copy already.") % {"number": MOST}, code="many")
        ticket.participants.create(user=user, added_by=by)
        return _record(ticket, ADDED, "now", user, by=by, cause=cause)


def remove(ticket: Ticket, user: User, *, by: User, cause: Cause | None = None) -> Event | None:
    """What he has got until now stays his; he sees the request no longer, and links that led him to it end."""
    with locked(ticket) as ticket:
        deleted, _rows = ticket.participants.filter(user=user).delete()
        return _record(ticket, REMOVED, "was", user, by=by, cause=cause) if deleted else None


def _record(ticket: Ticket, kind: str, side: str, user: User, *, by: User, cause: Cause | None) -> Event:
    data = {"participant": {"was": None, "now": None, side: {"id": user.pk, "name": str(user)}}}
    return record(ticket, kind, by=by, cause=cause, data=data)
