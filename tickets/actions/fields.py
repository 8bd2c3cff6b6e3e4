"""What a ticket is about: title, type, service, customer, tags, custom fields."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from accounts.people import primary_organisation
from core.text import clean_line
from tickets import customfields
from tickets.changes import apply, locked
from tickets.events import Cause, record
from tickets.models import Event, Service, Ticket, TicketType
from tickets.passages import rewrite


def set_title(
    ticket: Ticket, title: str, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """An empty title changes nothing. Raises `Stale` when the title has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("title",)) as ticket:
        diff = apply(ticket, title=clean_line(title, 300) or ticket.title)
        if not diff:
            return None
        rewrite(ticket)
        return record(ticket, "title.changed", by=by, cause=cause, data=diff)


def set_type(
    ticket: Ticket, type: TicketType, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Raises `Stale` when the type has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("type",)) as ticket:
        diff = apply(ticket, type=type)
        return record(ticket, "type.changed", by=by, cause=cause, data=diff) if diff else None


def set_service(
    ticket: Ticket, service: Service | None, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """What was requested from the catalogue, or nothing of it; queue, type and priority stay as they are. Raises
    `Stale` when the service has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("service",)) as ticket:
        diff = apply(ticket, service=service)
        return record(ticket, "service.changed", by=by, cause=cause, data=diff) if diff else None


def set_customer(
    ticket: Ticket, customer: User, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """The ticket is about somebody else, who needs no copies any more; the organisation follows. Raises `Stale` as the
    others do."""
    with locked(ticket, seen=seen, fields=("customer",)) as ticket:
        diff = apply(ticket, customer=customer, organisation=primary_organisation(customer))
        ticket.participants.filter(user=customer).delete()
        return record(ticket, "customer.changed", by=by, cause=cause, data=diff) if diff else None


def set_tags(
    ticket: Ticket, tags: Iterable[str], *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Exactly these tags. Raises `Stale` when the tags have changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("tags",)) as ticket:
        diff = apply(ticket, tags=sorted({clean_line(tag, 50) for tag in tags} - {""}))
        return record(ticket, "tags.changed", by=by, cause=cause, data=diff) if diff else None


def set_custom_fields(
    ticket: Ticket, values: dict[str, Any], *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Lay `values` over the present ones; an empty value removes the field.

    Raises `ValidationError` with messages per key, `Stale` when custom fields have changed since version `seen`.
    """
    with locked(ticket, seen=seen, fields=("custom_fields",)) as ticket:
        known, queue, type = ticket.custom_fields, ticket.queue, ticket.type
        diff = apply(ticket, custom_fields=customfields.checked(values, known=known, queue=queue, type=type))
        return record(ticket, "fields.changed", by=by, cause=cause, data=diff) if diff else None
