"""How an automatic reply would read: on a ticket that the administrator may see, or with the examples."""

from django.http import HttpRequest

from mail.answers import values_shown
from tickets.previewing import with_subject
from web.setup.previews import Preview, chosen_languages, preview


def preview_of_answer(request: HttpRequest) -> Preview:
    """Of the text in the form that was sent: the subject, then the words."""
    body, subject = request.POST.get("body", ""), request.POST.get("subject", "")
    return preview(request, lambda _language: with_subject(subject, body), values_shown, chosen_languages(request))
