"""Lists of tickets: built-in and saved views, queues; and the panel beside them. (Searching: searching.py.)"""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from automation.macros import offered_in_lists
from core.pagination import page_of
from tickets.models import Ticket
from tickets.rows import rows_for
from tickets.saved import views_for
from tickets.search import found_in
from tickets.views import VIEW
from web.common.access import agent_required
from web.desk.answers import number_in
from web.desk.arranging import menus_of
from web.desk.bulk_actions import offered
from web.desk.cells import shown
from web.desk.deadlines import with_deadlines
from web.desk.due_times import times_of
from web.desk.excerpts import Piece, pieces
from web.desk.group_counts import with_counts
from web.desk.groups import key_of, lines_of
from web.desk.lists import (
    DEADLINES,
    ROWS,
    Listing,
    arranged,
    queue_listing,
    queue_of,
    remember,
    remembered,
    saved_listing,
    view_listing,
    with_query,
)
from web.desk.side import counted_side_of, side_of

# A page asks about so many of its rows whether they have changed; the address of the question must not grow longer.
ASKED = 400


@require_safe
@agent_required
def home(request: HttpRequest) -> HttpResponse:
    return redirect(remembered(request).url)


@require_safe
@agent_required
def view(request: HttpRequest, key: str) -> HttpResponse:
    listing = listing_of_view(request, key)
    if key == DEADLINES and not request.htmx:
        return page(request, listing, "desk/deadlines.html", times=times_of(request.user, listing))
    if key == DEADLINES and "times" in request.GET:
        return render(request, "desk/deadlines.html#times", {"times": times_of(request.user, listing)})
    return page(request, listing)


@require_safe
@agent_required
def saved(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's own view, or one that is shared with a role of theirs."""
    return page(request, listing_of_saved(request, pk))


@require_safe
@agent_required
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """`?closed=1` shows the closed tickets instead of the open ones."""
    return page(request, listing_of_queue(request, pk))


@require_safe
@agent_required
def side(request: HttpRequest) -> HttpResponse:
    """The panel with its counts; `?here=` says which list is open, whose count stands in the title too."""
    here, panel = request.GET.get("here", ""), counted_side_of(request.user)
    return render(request, "desk/side_counts.html", {"side": panel, "here": here, "current": panel.entry(here)})


def listing_of_view(request: HttpRequest, key: str) -> Listing:
    if key not in VIEW:
        raise Http404
    return arrange(request, view_listing(VIEW[key], request.user, due=request.GET.get("due", "")))


def listing_of_saved(request: HttpRequest, pk: int) -> Listing:
    found = views_for(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return arrange(request, saved_listing(found, request.user))


def listing_of_queue(request: HttpRequest, pk: int) -> Listing:
    found = queue_of(request.user, pk)
    if found is None:
        raise Http404
    return arrange(request, queue_listing(found, request.user, closed="closed" in request.GET))


def arrange(request: HttpRequest, listing: Listing) -> Listing:
    """As the address wants it: `?order=` and `?group=`."""
    return arranged(listing, request.GET.get("order", ""), request.GET.get("group", ""))


def page(request: HttpRequest, listing: Listing, template: str = "desk/list.html", **more: Any) -> HttpResponse:
    """The page; for htmx the rows after a cursor, or the list alone."""
    after = request.GET.get("after", "")
    context = context_of(request, listing, after) | more
    if request.htmx:
        response = render(request, f"desk/list.html#{'more' if after else 'list'}", context)
    else:
        remember(request, listing)
        macros = offered_in_lists(request.user)
        near, more_actions = offered(in_trash=listing.key == "view:trash", macros=macros)
        context |= {"side": side_of(request.user), "section": "tickets", "menus": menus_of(listing)}
        context |= {"near": near, "more": more_actions, "macros": macros}
        response = render(request, template, context, status=422 if listing.error else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def context_of(request: HttpRequest, listing: Listing, after: str = "") -> dict[str, Any]:
    """A page of the list: its lines, and where the next ones are."""
    found = page_of(listing.tickets, order=listing.order, cursor=after, size=ROWS, shown=rows_for(request.user))
    rows = with_deadlines(found.rows)
    above = number_in(request, "above") or 0
    under = request.GET.get("under", "")
    following = {"after": found.next, "above": str(above + len(found.rows))}
    if found.rows and listing.group_by:
        following["under"] = key_of(found.rows[-1], listing.group_by)
    before, behind = shown(listing.columns)
    return {
        "listing": listing,
        "lines": with_counts(lines_of(rows, listing.group_by, under=under), listing.tickets, listing.group_by),
        "rows": rows,
        "columns_before": before,
        "columns_behind": behind,
        "width": len(before) + len(behind) + 2,
        "found": _excerpts(listing, found.rows),
        "next": with_query(listing.url, following) if found.next else "",
        "is_asked": above < ASKED,
    }


def _excerpts(listing: Listing, rows: Sequence[Ticket]) -> dict[int, list[Piece]]:
    """Where the words of a search stand, by ticket id."""
    if not listing.words or not rows:
        return {}
    return {pk: pieces(text, listing.words) for pk, text in found_in(listing.words, rows).items()}
