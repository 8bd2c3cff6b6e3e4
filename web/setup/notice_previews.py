"""How an email of notices would read: as the administrator himself would get it, on tickets that he sees."""

from django.http import HttpRequest

from automation.notices.previewing import known_values, typed_text
from automation.notices.wordings import Wording
from tickets.previewing import languages_for
from web.setup.previews import Preview, preview


def preview_of_notice(request: HttpRequest, wording: Wording, code: str) -> Preview:
    """An empty text is the stock text. `code` is its language, "" all of them."""
    typed = typed_text(wording, request.POST.get("subject", ""), request.POST.get("body", ""))
    return preview(request, typed, known_values(wording, request.user), languages_for(code))
