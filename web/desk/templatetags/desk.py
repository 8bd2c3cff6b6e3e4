"""Tags for the pages of the desk. Pure rendering: no queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from babel.dates import format_time
from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, gettext

from core import moments
from sla.standing import Standing
from tickets.models import Event, Ticket
from tickets.sentences import sentence_of
from web.desk import cells as columns
from web.desk.deadlines import chip, mark_of
from web.desk.excerpts import Piece
from web.desk.side import Entry
from web.desk.wishes import Wish

register = template.Library()

EDITOR = "vendor/tiptap-3.34.0/editor.js"


@register.filter
def full_day(at: datetime) -> str:
    """ "Saturday, 21 November 2026", as the language writes it."""
    return moments.full_day(at)


@register.filter(expects_localtime=True)
def clock(at: datetime) -> str:
    """ "20:41", or with am and pm where people count so; in the zone the moment is given in."""
    return format_time(at, "short", locale=moments.current_locale())


@register.filter
def ticket_url(ticket: Ticket) -> str:
    """The page of a ticket; finding the way there anew for each row of a list would take longer than the rest of it."""
    return f"{_tickets_url(get_script_prefix())}{ticket.number}/"


@lru_cache(maxsize=10)
def _tickets_url(_prefix: str) -> str:
    return reverse("desk:ticket", args=["0"]).removesuffix("0/")


@register.filter
def saved_at(at: datetime) -> str:
    """The time alone when that was today, else with the day."""
    at = localtime(at)
    return clock(at) if at.date() == localdate() else moments.moment(at)


@register.simple_tag
def side_entry(entry: Entry, here: str) -> SafeString:
    """A view or queue in the panel. There are many of them on every page, and they seldom change."""
    is_here = here == entry.key or here.startswith(f"{entry.key}:")
    return _side_entry(entry, get_language(), is_here=is_here)


@lru_cache(maxsize=20_000)
def _side_entry(entry: Entry, _language: str | None, *, is_here: bool) -> SafeString:
    return render_to_string("desk/side_item.html", {"entry": entry, "is_here": is_here})


@register.simple_tag
def wish_address(wish: Wish, **other: Any) -> str:
    """The same page with another wish of what to see of the conversation."""
    return wish.address(**other)


@register.simple_tag
def editor_module() -> str:
    """Where the browser finds the editor when somebody begins to write."""
    return static(EDITOR)


@register.filter
def select_label(ticket: Ticket) -> str:
    return gettext("Select ticket %(number)s") % {"number": ticket.number}


@register.simple_tag
def excerpt(ticket: Ticket, found: Mapping[int, Sequence[Piece]] | None = None) -> SafeString:
    """The words of a search where they stand, else the beginning of the last message."""
    pieces = (found or {}).get(ticket.pk) or [Piece(ticket.preview, is_hit=False)]
    drawn = (f"<mark>{escape(piece.text)}</mark>" if piece.is_hit else escape(piece.text) for piece in pieces)
    return SafeString("".join(drawn))


@register.simple_tag(takes_context=True)
def cells(context: template.Context, ticket: Ticket, shown: Sequence[columns.Column]) -> SafeString:
    """The cells of a row in these columns (web/desk/cells.py)."""
    return columns.cells(context, ticket, shown)


@register.simple_tag
def deadline(ticket: Ticket) -> SafeString:
    """The chip of the deadline of a ticket that `with_deadlines` has looked at."""
    return chip(ticket.deadline)


@register.filter
def deadline_mark(standing: Standing | None) -> str:
    return mark_of(standing)


@register.filter
def sentence(event: Event) -> str:
    """What happened, as the history says it."""
    return sentence_of(event)


@register.filter
def spent(minutes: int) -> str:
    """ "35 min", "1 h 35 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
