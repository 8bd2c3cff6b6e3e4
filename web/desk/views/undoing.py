"""Taking back the change of a property, from the toast that tells of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import undoing
from tickets.changes import Stale
from tickets.steps import Refused
from web.common.access import agent_required
from web.desk import answers
from web.desk.bulk_actions import reason
from web.desk.tickets import ticket_or_404


@require_POST
@agent_required
def undo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Of the agent's own changes only; 409 when somebody has changed the same since."""
    ticket = ticket_or_404(request, number)
    event = get_object_or_404(ticket.events.filter(actor=request.user, kind__in=undoing.KINDS), pk=pk)
    try:
        happened = undoing.undo(event, by=request.user)
    except Stale as stale:
        return answers.was_faster(request, ticket, stale)
    except Refused as refused:
        return answers.refused(request, ticket, reason(refused.code))
    return answers.went_well(request, ticket, _("The change is undone.") if happened else "")
