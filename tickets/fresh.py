"""A ticket with its neighbours as it is by now, for many who look at it one after the other: eight joins are made again
only where it has changed since."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.prepared import prepared
from tickets.models import Ticket

# All rows that a ticket points to and that somebody may ask for.
NEIGHBOURS = (
    "queue",
    "type",
    "state",
    "priority",
    "owner",
    "responsible",
    "customer",
    "organisation",
    "service",
)
_FIELDS: list[Any] = [Ticket._meta.get_field(name) for name in NEIGHBOURS]


def as_it_is(ticket: Ticket) -> Ticket:
    """The very same, if nothing has happened to it since it was read with its neighbours; else as it is read anew.

    Every change of a ticket counts up its version, but for the time when it is due. Raises `Ticket.DoesNotExist`.
    """
    if all(field.is_cached(ticket) for field in _FIELDS):
        for version, due_at in _stamps(ticket.pk):
            if version == ticket.version:
                ticket.due_at = due_at
                return ticket
    return _with_neighbours_of(ticket.pk)


def _with_neighbours_of(pk: int) -> Ticket:
    for ticket in _with_neighbours(pk):
        return ticket
    raise Ticket.DoesNotExist


@prepared(int)
def _stamps(pk: int) -> QuerySet[Ticket, tuple[int, datetime | None]]:
    return Ticket.objects.filter(pk=pk).values_list("version", "due_at")


@prepared(int)
def _with_neighbours(pk: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(pk=pk).select_related(*NEIGHBOURS)
