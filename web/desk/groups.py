"""Headings in a list: rows that lie together by a property, each group below its name. Pure: no queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.clock import now
from sla.queries import Due, when_due
from tickets.models import Ticket
from tickets.models.queue import place

# The key of the group of tickets without one.
NO_DEADLINE = "none"


@dataclass(frozen=True)
class Heading:
    """`key` tells it from those of other groups of the same list."""

    key: str
    text: str
    # The colour of the dot before it; empty for none.
    tone: str = ""
    # How many tickets there are below it, as it is shown (web/desk/group_counts.py).
    count: str = ""


def _by_deadline(ticket: Ticket) -> Heading:
    due = when_due(ticket, now())
    return Heading(due.value, str(due.label), TONES.get(due, "")) if due else Heading(NO_DEADLINE, _("No deadline"))


TONES = {Due.OVERDUE: "danger", Due.TODAY: "warn", Due.TOMORROW: "accent", Due.THIS_WEEK: "accent", Due.LATER: "none"}

_HEADINGS: Mapping[str, Callable[[Ticket], Heading]] = {
    "queue": lambda ticket: Heading(str(ticket.queue_id), place(ticket.queue.path)),
    "state": lambda ticket: Heading(str(ticket.state_id), _(ticket.state.name)),
    "priority": lambda ticket: Heading(str(ticket.priority_id), _(ticket.priority.name)),
    "type": lambda ticket: Heading(str(ticket.type_id), _(ticket.type.name)),
    "due": _by_deadline,
}


@dataclass(frozen=True)
class Line:
    """A row of a list, with the heading above it where a group begins."""

    ticket: Ticket
    heading: Heading | None = None


def lines_of(rows: Sequence[Any], group_by: str, *, under: str = "") -> list[Line]:
    """`under` is the key of the group that the rows above belong to."""
    if group_by not in _HEADINGS:
        return [Line(ticket) for ticket in rows]
    lines = []
    for ticket in rows:
        heading = _HEADINGS[group_by](ticket)
        lines.append(Line(ticket, heading if heading.key != under else None))
        under = heading.key
    return lines


def key_of(ticket: Ticket, group_by: str) -> str:
    """The key of the group of a ticket; empty in a list without groups."""
    return _HEADINGS[group_by](ticket).key if group_by in _HEADINGS else ""
