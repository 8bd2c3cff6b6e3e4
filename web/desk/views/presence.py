"""A page of a ticket says that it is open, and hears who else is there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from web.common.access import agent_required
from web.desk.presence import GONE, note_presence
from web.desk.tickets import ticket_or_404


@require_POST
@agent_required
def presence(request: HttpRequest, number: str) -> HttpResponse:
    """`doing` is viewing, reply, note, forward or gone; `page` tells one's own open pages apart."""
    ticket = ticket_or_404(request, number)
    doing = request.POST.get("doing", "viewing")
    here = note_presence(ticket, request.user, page=request.POST.get("page", ""), doing=doing)
    if doing == GONE:
        return HttpResponse(status=204)
    return render(request, "desk/presence.html", {"here": here})
