"""What has changed in a list since it was shown: asked for on a live hint or a tick, answered with parts only."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.pagination import page_of
from tickets.models import Ticket
from tickets.rows import rows_for
from web.common.access import agent_required
from web.desk.cells import shown as shown_columns
from web.desk.deadlines import mark_of, with_deadlines
from web.desk.group_counts import with_counts
from web.desk.groups import lines_of
from web.desk.lists import ROWS, Listing
from web.desk.views.lists import listing_of_queue, listing_of_saved, listing_of_view

# What a row says about itself: ticket, version, whether it stands there as unread, and the mark of its deadline.
_ROW = re.compile(r"(\d{1,18})\.(\d{1,9})(u?)(\.[0-9a-f]{4})?")
MOST_ROWS = 1000


@dataclass(frozen=True)
class News:
    """`arrived` are tickets that belong above what is shown, `changed` stand there already, `gone` are ids.

    `fresh` is the first page as it is now.
    """

    arrived: list[Ticket]
    changed: list[Ticket]
    gone: list[int]
    fresh: list[Ticket]

    def __bool__(self) -> bool:
        return bool(self.arrived or self.changed or self.gone)


@require_safe
@agent_required
def view_news(request: HttpRequest, key: str) -> HttpResponse:
    return _news(request, listing_of_view(request, key))


@require_safe
@agent_required
def saved_news(request: HttpRequest, pk: int) -> HttpResponse:
    return _news(request, listing_of_saved(request, pk))


@require_safe
@agent_required
def queue_news(request: HttpRequest, pk: int) -> HttpResponse:
    return _news(request, listing_of_queue(request, pk))


def _news(request: HttpRequest, listing: Listing) -> HttpResponse:
    """204 when the page shows what there is.

    `r` are the rows shown, `more` says that the list goes on below them, `top` that its beginning is in sight. New
    tickets only move the list when that harms nobody: at its top, with nothing selected. Then a list in another order
    than that of changes, or in groups, is put in order anew, as far as it is one page.
    """
    shown = {int(row[1]): row[0] for text in request.GET.getlist("r")[:MOST_ROWS] if (row := _ROW.fullmatch(text))}
    news = _compare(request, listing, shown, goes_on="more" in request.GET)
    follows = request.GET.get("top") == "1" and "ticket" not in request.GET
    if not news and not (follows and "waiting" in request.GET):
        return HttpResponse(status=204)
    before, behind = shown_columns(listing.columns)
    context = {
        "listing": listing,
        "news": news,
        "follows": follows and listing.is_plain,
        "is_asked": True,
        "columns_before": before,
        "columns_behind": behind,
        "width": len(before) + len(behind) + 2,
    }
    if follows and not listing.is_plain and len(shown) <= ROWS:
        lines = lines_of(news.fresh, listing.group_by)
        context["lines"] = with_counts(lines, listing.tickets, listing.group_by)
    return render(request, "desk/list_news.html", context)


def _compare(request: HttpRequest, listing: Listing, shown: dict[int, str], *, goes_on: bool) -> News:
    shown_with = rows_for(request.user)
    fresh = list(with_deadlines(page_of(listing.tickets, order=listing.order, size=ROWS, shown=shown_with).rows))
    known = [index for index, ticket in enumerate(fresh) if ticket.pk in shown]
    # what stands below the last known row is not new, it only moved up
    until = known[-1] if known and goes_on else len(fresh)
    elsewhere = shown.keys() - {ticket.pk for ticket in fresh}
    still = set(listing.tickets.filter(pk__in=elsewhere).values_list("pk", flat=True)) if elsewhere else set()
    return News(
        arrived=[ticket for ticket in fresh[:until] if ticket.pk not in shown],
        changed=[ticket for ticket in fresh if ticket.pk in shown and shown[ticket.pk] != _mark(ticket)],
        gone=sorted(elsewhere - still),
        fresh=fresh,
    )


def _mark(ticket: Ticket) -> str:
    return f"{ticket.pk}.{ticket.version}{'u' if ticket.is_unread else ''}{mark_of(ticket.deadline)}"
