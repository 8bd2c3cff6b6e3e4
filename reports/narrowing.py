"""A condition of tickets (tickets/conditions.py) as one of the rows that are counted.

Rows know where and whose a ticket was then (`Placed`), and in which queue it is today. What a condition asks of these
alone needs no look at the tickets, and can be asked of the past.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from accounts.models import Organisation, User
from tickets.models import Priority, Queue, Service, State, TicketType

_ROWS = {
    "queue": Queue,
    "type": TicketType,
    "service": Service,
    "state": State,
    "priority": Priority,
    "owner": User,
    "customer": User,
    "organisation": Organisation,
}
# Fields of conditions whose value of then the rows know.
KNOWN_THEN = frozenset({*_ROWS, "state.type", "channel"})
# Where a ticket's queue of today stands.
HOME: Mapping[str, str] = {"queue": "home_id"}
THEN: Mapping[str, str] = {"channel": "channel"} | {name: f"{name}_id" for name in _ROWS}


def on_rows(condition: Q, columns: Mapping[str, str]) -> Q:
    """The same of rows, where each of the fields stands in one of their columns."""
    found = Q(_connector=condition.connector, _negated=condition.negated)
    found.children = [_part(part, columns) for part in condition.children]
    return found


def _part(part: Any, columns: Mapping[str, str]) -> Any:
    """A group, or a lookup with its value: `queue_id__in` and `queue__isnull` look at the column; `queue__path__in` at
    what it points to."""
    if isinstance(part, Q):
        return on_rows(part, columns)
    lookup, value = part
    name, _sep, rest = lookup.partition("__")
    if name == "pk":
        return lookup, value
    name = name.removesuffix("_id")
    column = columns[name]
    if name not in _ROWS or rest in ("in", "isnull"):
        return f"{column}__{rest}", value
    return f"{column}__in", _ROWS[name]._default_manager.filter(**{rest: value}).values("pk")
