"""What has changed in a list since it was shown: asked for on a live hint or a tick, answered with parts only."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.pagination import page_of
from tickets.models import Ticket
from web.common.access import agent_required
from web.desk.lists import ROWS, Listing
from web.desk.views.lists import listing_of_queue, listing_of_view

# What a row says about itself: ticket, version, and whether it stands there as unread.
_ROW = re.compile(r"(\d{1,18})\.(\d{1,9})(u?)")
MOST_ROWS = 1000


@dataclass(frozen=True)
class News:
    """`arrived` are tickets that belong above what is shown, `changed` stand there already, `gone` are ids."""

    arrived: list[Ticket]
    changed: list[Ticket]
    gone: list[int]

    def __bool__(self) -> bool:
        return bool(self.arrived or self.changed or self.gone)


@require_safe
@agent_required
def view_news(request: HttpRequest, key: str) -> HttpResponse:
    return _news(request, listing_of_view(request, key))


@require_safe
@agent_required
def queue_news(request: HttpRequest, pk: int) -> HttpResponse:
    return _news(request, listing_of_queue(request, pk))


def _news(request: HttpRequest, listing: Listing) -> HttpResponse:
    """204 when the page shows what there is.

    `r` are the rows shown, `more` says that the list goes on below them, `top` that its beginning is in sight. New
    tickets only move the list when that harms nobody: at its top, with nothing selected.
    """
    shown = {int(row[1]): row[0] for text in request.GET.getlist("r")[:MOST_ROWS] if (row := _ROW.fullmatch(text))}
    news = _compare(request, listing, shown, goes_on="more" in request.GET)
    follows = request.GET.get("top") == "1" and "ticket" not in request.GET
    if not news and not (follows and "waiting" in request.GET):
        return HttpResponse(status=204)
    context = {"listing": listing, "news": news, "follows": follows, "is_asked": True}
    return render(request, "desk/list_news.html", context)


def _compare(request: HttpRequest, listing: Listing, shown: dict[int, str], *, goes_on: bool) -> News:
    fresh = page_of(listing.tickets.for_list(request.user), order=listing.order, size=ROWS).rows
    known = [index for index, ticket in enumerate(fresh) if ticket.pk in shown]
    # what stands below the last known row is not new, it only moved up
    until = known[-1] if known and goes_on else len(fresh)
    elsewhere = shown.keys() - {ticket.pk for ticket in fresh}
    still = set(listing.tickets.filter(pk__in=elsewhere).values_list("pk", flat=True)) if elsewhere else set()
    return News(
        arrived=[ticket for ticket in fresh[:until] if ticket.pk not in shown],
        changed=[ticket for ticket in fresh if ticket.pk in shown and shown[ticket.pk] != _mark(ticket)],
        gone=sorted(elsewhere - still),
    )


def _mark(ticket: Ticket) -> str:
    return f"{ticket.pk}.{ticket.version}{'u' if ticket.is_unread else ''}"
