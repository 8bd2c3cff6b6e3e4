"""Tags for the pages of the desk. Pure rendering: no queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from babel.dates import format_time
from django import template
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core import moments
from tickets.models import Ticket
from web.desk.excerpts import Piece

register = template.Library()


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
def select_label(ticket: Ticket) -> str:
    return gettext("Select ticket %(number)s") % {"number": ticket.number}


@register.simple_tag
def excerpt(ticket: Ticket, found: Mapping[int, Sequence[Piece]] | None = None) -> SafeString:
    """The words of a search where they stand, else the beginning of the last message."""
    pieces = (found or {}).get(ticket.pk)
    if not pieces:
        return format_html("{}", ticket.preview)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>" if piece.is_hit else "{}", piece.text),) for piece in pieces)
    )
