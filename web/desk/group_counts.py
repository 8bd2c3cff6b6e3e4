"""How many tickets lie below each heading of a grouped list: counted for the headings of a page, in one query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.clock import now
from sla.queries import Due, due_in
from tickets.queries import TicketQuerySet
from tickets.views import counted
from web.desk.groups import NO_DEADLINE, Line
from web.desk.people import capped


def _due(tickets: TicketQuerySet, key: str) -> TicketQuerySet:
    return tickets.filter(due_at__isnull=True) if key == NO_DEADLINE else due_in(tickets, Due(key), now())


# The tickets of a list below the heading with this key (web/desk/groups.py).
_BELOW: Mapping[str, Callable[[TicketQuerySet, str], TicketQuerySet]] = {
    "queue": lambda tickets, key: tickets.filter(queue=int(key)),
    "state": lambda tickets, key: tickets.filter(state=int(key)),
    "priority": lambda tickets, key: tickets.filter(priority=int(key)),
    "type": lambda tickets, key: tickets.filter(type=int(key)),
    "due": _due,
}


def with_counts(lines: Sequence[Line], tickets: TicketQuerySet, group_by: str) -> Sequence[Line]:
    """The same lines, each heading with the number of `tickets` below it, counted as far as the counters count."""
    headings = [line.heading for line in lines if line.heading]
    if not headings:
        return lines
    numbers = counted([_BELOW[group_by](tickets, heading.key) for heading in headings])
    shown = {heading.key: capped(number) for heading, number in zip(headings, numbers, strict=True)}
    return [
        replace(line, heading=replace(line.heading, count=shown[line.heading.key])) if line.heading else line
        for line in lines
    ]
