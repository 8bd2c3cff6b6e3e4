"""What the command palette finds on the server: tickets by number or words, views and queues by name."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.text import fold
from tickets.models import Ticket
from tickets.search import MAX_QUERY, search, ticket_with_number
from web.common.access import agent_required
from web.desk.side import side_of

FOUND = 6


@require_safe
@agent_required
def palette(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:MAX_QUERY]
    groups = [
        {"label": _("Tickets"), "items": [_item(ticket) for ticket in _tickets(request, words)]},
        {"label": _("Views and queues"), "items": _places(request, words)},
    ]
    return render(request, "components/palette_items.html", {"groups": [group for group in groups if group["items"]]})


def _tickets(request: HttpRequest, words: str) -> list[Ticket]:
    if len(words) < 2 or words.startswith(">"):
        return []
    named = ticket_with_number(words, request.user)
    if named is not None:
        return [named]
    return list(search(words, request.user).select_related("state").order_by("-changed_at", "-id")[:FOUND])


def _item(ticket: Ticket) -> dict[str, Any]:
    url = reverse("desk:ticket", args=[ticket.number])
    return {"label": ticket.title, "url": url, "hint": f"#{ticket.number}", "state": ticket.state}


def _places(request: HttpRequest, words: str) -> list[dict[str, Any]]:
    wanted, panel = fold(words.lstrip(">").strip()), side_of(request.user)
    found = [entry for entry in [*panel.views, *panel.queues] if wanted in fold(str(entry.label))]
    return [{"label": entry.label, "url": entry.url, "icon": entry.icon or "layers"} for entry in found[:FOUND]]
