"""Tags for the pages of the desk. Pure rendering: no queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from babel.dates import format_skeleton, format_time
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tickets.models import Ticket
from web.common.templatetags.moments import current_locale
from web.desk.excerpts import Piece

register = template.Library()


@register.filter(expects_localtime=True)
def weekday(at: datetime) -> str:
    """ "Saturday, 21 November 2026", as the language writes it."""
    return format_skeleton("yMMMMEEEEd", at, locale=current_locale())


@register.filter(expects_localtime=True)
def clock(at: datetime) -> str:
    """ "20:41", or with am and pm where people count so; in the zone the moment is given in."""
    return format_time(at, "short", locale=current_locale())


@register.simple_tag
def excerpt(ticket: Ticket, found: Mapping[int, Sequence[Piece]] | None = None) -> SafeString:
    """The words of a search where they stand, else the beginning of the last message."""
    pieces = (found or {}).get(ticket.pk)
    if not pieces:
        return format_html("{}", ticket.preview)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>" if piece.is_hit else "{}", piece.text),) for piece in pieces)
    )
