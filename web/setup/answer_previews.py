"""How an automatic reply would read: on a ticket that the administrator may see, or with the examples."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mail.answers import PLACEHOLDERS, values_for
from tickets.models import Ticket
from tickets.placeholders import Reader, examples_of, extended
from web.setup.previews import Preview, chosen_languages, preview


def preview_of_answer(request: HttpRequest) -> Preview:
    """Of the text in the form that was sent: the subject, then the words."""
    body, subject = request.POST.get("body", ""), request.POST.get("subject", "")[:300]

    def typed(_language: str) -> str:
        return f"{_('Subject')}: {subject}\n\n{body}"

    return preview(request, typed, _values, chosen_languages(request))


def _values(ticket: Ticket | None, language: str) -> Mapping[str, Any]:
    if ticket is None:
        return examples_of(PLACEHOLDERS, language)
    return extended(values_for(ticket.number, is_invited=False, queue=ticket.queue), Reader(language, ticket.queue))
