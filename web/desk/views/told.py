"""Deadlines of one's own tickets that were told of just now: a calm line in the corner, wherever the agent is."""

from datetime import timedelta

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.clock import now
from sla.sentences import MARKS
from tickets.models import Event, Ticket
from tickets.sentences import icon_of, sentence_of
from web.common.access import agent_required
from web.desk.answers import number_in

# A page asks when it hears of it; what was told before that it has heard, or has been opened since.
FRESH = timedelta(minutes=2)
SHOWN = 3
# So many of somebody's tickets are looked at, those that are due first.
NEAREST = 200


@require_safe
@agent_required
def told(request: HttpRequest) -> HttpResponse:
    """`after` is the last event that this page has shown."""
    agent = request.user
    mine = Ticket.objects.allowing(agent, "read").open().filter(Q(owner=agent) | Q(responsible=agent))
    # Numbers, because PostgreSQL would look for events so young among all that there are; and of a ticket whose
    # deadline was told of just now the time is up, or nearly.
    nearest = list(mine.order_by(F("due_at").asc(nulls_last=True), "id").values_list("pk", flat=True)[:NEAREST])
    events = Event.objects.filter(ticket__in=nearest, kind__in=MARKS, at__gt=now() - FRESH)
    fresh = events.filter(pk__gt=number_in(request, "after") or 0).select_related("ticket", "actor", "on_behalf_of")
    found = list(fresh.order_by("-id")[:SHOWN])
    if not found:
        return HttpResponse(status=204)
    lines = [(event.ticket, sentence_of(event), icon_of(event)) for event in reversed(found)]
    return render(request, "desk/told.html", {"lines": lines, "last": found[0].pk})
