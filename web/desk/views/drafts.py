"""Saving what is being typed, and the pictures in it."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from tickets.drafts import DraftTooLong
from tickets.models import Article, Picture
from tickets.pictures import NoPicture, keep_picture
from web.common.access import agent_required
from web.common.files import send_blob
from web.common.uploads import FilesField
from web.desk.forms.writing import Submitted
from web.desk.templatetags.desk import clock
from web.desk.tickets import ticket_or_404
from web.desk.unsent import FIELDS, keep

PLAIN = "text/plain; charset=utf-8"
RIGHT = {"reply": "write", "note": "note", "forward": "write"}


@require_POST
@agent_required
def draft(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The form as far as it is filled; answers with when it was saved, as text. 204 once the message was sent: what
    comes later from the same form is no draft any more."""
    if form not in FIELDS:
        raise Http404
    ticket = ticket_or_404(request, number, RIGHT[form])
    sent_as = Submitted(request.POST)
    if sent_as.is_valid() and request.POST.get("submission"):
        known = Article.objects.filter(author=request.user, submission=sent_as.cleaned_data["submission"])
        if known.exists():
            return HttpResponse(status=204)
    try:
        row = keep(request.user, ticket, form, request.POST)
    except DraftTooLong:
        return HttpResponse(_("This text is too long to be saved as a draft."), status=413, content_type=PLAIN)
    text = _("Saved %(time)s") % {"time": clock(timezone.localtime(row.saved_at))} if row else ""
    return HttpResponse(text, content_type=PLAIN)


@require_POST
@agent_required
def add_picture(request: HttpRequest, number: str) -> HttpResponse:
    """A picture for a text on this ticket; answers with the element that shows it, or why it cannot be shown (422)."""
    ticket_or_404(request, number, "note")
    try:
        files = FilesField(required=True).clean(request.FILES.getlist("picture"))
        added = keep_picture(files[0], by=request.user)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type=PLAIN)
    except NoPicture:
        words = _("This is no picture that can be shown in a text.")
        return HttpResponse(words, status=422, content_type=PLAIN)
    return render(request, "desk/picture.html", {"picture": added})


@require_safe
@conditional_page
@agent_required
def picture(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One's own picture in a text that is being written."""
    found = Picture.objects.filter(uuid=uuid, user=request.user).first()
    if found is None:
        raise Http404
    return send_blob(found.give_out(), content_type=found.content_type, name="")
