"""The columns of lists: how each is called, and its cell on a row. Pure rendering: no queries.

Drawn for every row of a page, so a cell is written by hand and not by a template: whatever is no SafeString is escaped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django.template import Context
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models import Ticket
from web.common.templatetags.ui import avatar, priority, reltime, status, word
from web.desk.deadlines import chip


@dataclass(frozen=True)
class Column:
    """`css` is the class of the column and its cells, which says how wide it is and where it goes on a phone."""

    label: str | Promise
    css: str
    draw: Callable[[Context, Ticket], SafeString]


def _number(_context: Context, ticket: Ticket) -> SafeString:
    return SafeString(f"#{escape(ticket.number)}")


def _customer(_context: Context, ticket: Ticket) -> SafeString:
    of = f'<span class="faint">, {escape(str(ticket.organisation))}</span>' if ticket.organisation else ""
    person = f'<span class="truncate" dir="auto">{escape(str(ticket.customer))}{of}</span>'
    return SafeString(f'<div class="trow__cust">{avatar(ticket.customer)}{person}</div>')


def _owner(_context: Context, ticket: Ticket) -> SafeString:
    return SafeString(f'<span class="trow__who">{avatar(ticket.owner, label=True)}</span>')


def _plain(text: object) -> SafeString:
    return SafeString(f'<span class="trow__queue truncate" dir="auto">{escape(str(text or ""))}</span>')


def _tags(_context: Context, ticket: Ticket) -> SafeString:
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in ticket.tags[:4])
    return SafeString(f'<span class="trow__tags">{tags}</span>')


COLUMNS: Mapping[str, Column] = {
    "number": Column(pgettext_lazy("number", "No."), "c-id trow__id", _number),
    "state": Column(_("Status"), "c-state", lambda _context, ticket: status(ticket.state)),
    "priority": Column(_("Priority"), "c-prio", lambda _context, ticket: priority(ticket.priority, text=True)),
    "customer": Column(_("Customer"), "c-cust", _customer),
    "organisation": Column(_("Organisation"), "c-org", lambda _context, ticket: _plain(ticket.organisation)),
    "queue": Column(_("Queue"), "c-queue", lambda _context, ticket: _plain(ticket.queue.name)),
    "type": Column(_("Type"), "c-type", lambda _context, ticket: _plain(word(ticket.type.name))),
    "tags": Column(_("Tags"), "c-tags", _tags),
    "created": Column(
        _("Opened"), "c-upd", lambda context, ticket: reltime(context, ticket.created_at, short=True, cls="trow__upd")
    ),
    "due": Column(_("Deadline"), "c-sla", lambda _context, ticket: chip(ticket.deadline)),
    "owner": Column(_("Agent"), "c-who", _owner),
    "changed": Column(
        pgettext_lazy("field", "Changed"),
        "c-upd",
        lambda context, ticket: reltime(context, ticket.changed_at, short=True, cls="trow__upd"),
    ),
}


def shown(keys: Sequence[str]) -> tuple[list[Column], list[Column]]:
    """Those before the subject and those after it, in the order of `COLUMNS`."""
    chosen = [(key, column) for key, column in COLUMNS.items() if key in keys]
    return [c for key, c in chosen if key == "number"], [c for key, c in chosen if key != "number"]


def cells(context: Context, ticket: Ticket, columns: Sequence[Column]) -> SafeString:
    return SafeString("".join(f'<td class="{column.css}">{column.draw(context, ticket)}</td>' for column in columns))
