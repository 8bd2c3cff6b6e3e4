"""Off the desk and back: trash and spam."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import options
from tickets.actions import removing
from tickets.models import Ticket
from web.common.access import agent_required
from web.desk import answers
from web.desk.page import Written, composer
from web.desk.tickets import SHOWN_WITH, ticket_or_404


@require_POST
@agent_required
def trash(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    if ticket.merged_into_id:
        return answers.refused(request, ticket, _("A merged ticket cannot be put into the trash."))
    done = _("The ticket is in the trash.") if removing.trash(ticket, by=request.user) else ""
    return _done(request, ticket, done, undo_url=_undo(ticket))


@require_POST
@agent_required
def spam(request: HttpRequest, number: str) -> HttpResponse:
    """Closed without an answer, and into the queue for spam where there is one."""
    ticket = ticket_or_404(request, number, "write")
    happened = removing.mark_spam(ticket, options.junk_queue(), by=request.user)
    done = _("The ticket is marked as spam.") if happened else ""
    return _done(request, ticket, done, undo_url=_undo(ticket))


@require_POST
@agent_required
def restore(request: HttpRequest, number: str) -> HttpResponse:
    """Out of the trash, or not spam after all."""
    ticket = ticket_or_404(request, number, "write")
    done = _("The ticket is back as it was.") if removing.restore(ticket, by=request.user) else ""
    return _done(request, ticket, done)


def _undo(ticket: Ticket) -> str:
    return reverse("desk:restore", args=[ticket.number])


def _done(request: HttpRequest, ticket: Ticket, done: str, **more: Any) -> HttpResponse:
    """With the composer anew: nothing is written on what lies in the trash."""
    fresh = Ticket.objects.allowing(request.user, "read").select_related(*SHOWN_WITH).filter(pk=ticket.pk).first()
    box = composer(request, fresh, Written()) | {"new_composer": True} if fresh and request.htmx else {}
    return answers.went_well(request, ticket, done, **box, **more)
