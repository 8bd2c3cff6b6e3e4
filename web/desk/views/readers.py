"""Who can see a ticket, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from tickets.grants import Way, holders
from tickets.models import Ticket
from tickets.readers import customers_of
from web.common.access import agent_required
from web.desk.page import head
from web.desk.panel import panel_of
from web.desk.tickets import ticket_or_404

# The strongest of these is what somebody may do.
ABLE = [
    ("write", gettext_lazy("does everything")),
    ("note", gettext_lazy("reads and adds notes")),
    ("owner", gettext_lazy("reads and assigns")),
    ("priority", gettext_lazy("reads and sets the priority")),
    ("read", gettext_lazy("reads")),
]


@require_safe
@agent_required
def readers(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number)
    agents = [
        {
            "person": holder.person,
            "able": [words for right, words in ABLE if right in holder.rights][:1],
            "why": [_why(way, ticket) for way in holder.ways],
        }
        for holder in holders(ticket.queue)
        if "read" in holder.rights
    ]
    context = head(ticket, request.user) | {
        "panel": panel_of(ticket, request.user),
        "agents": agents,
        "customers": _customers(ticket),
    }
    response = render(request, "desk/readers.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _why(way: Way, ticket: Ticket) -> str:
    if way.role is None:
        own = _("By a right of their own in %(queue)s")
        return own % {"queue": way.queue.place}
    return _("As %(role)s in %(queue)s") % {"role": way.role.name, "queue": way.queue.place}


def _customers(ticket: Ticket) -> list[dict[str, object]]:
    copied = set(ticket.participants.values_list("user", flat=True))
    return [{"person": person, "why": _why_customer(person, ticket, copied)} for person in customers_of(ticket)]


def _why_customer(person: User, ticket: Ticket, copied: set[int]) -> str:
    if person == ticket.customer:
        return _("It is their request.")
    if person.pk in copied:
        return _("They are kept in copy.")
    return _("They see all requests of %(organisation)s.") % {"organisation": ticket.organisation}
