"""Tags for the pages of the desk. Pure rendering: no queries."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tickets.models import Ticket
from web.desk.excerpts import Piece

register = template.Library()


@register.simple_tag
def excerpt(ticket: Ticket, found: Mapping[int, Sequence[Piece]] | None = None) -> SafeString:
    """The words of a search where they stand, else the beginning of the last message."""
    pieces = (found or {}).get(ticket.pk)
    if not pieces:
        return format_html("{}", ticket.preview)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>" if piece.is_hit else "{}", piece.text),) for piece in pieces)
    )
