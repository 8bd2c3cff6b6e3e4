"""Lists of tickets: built-in views, queues, the search; and the panel beside them."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.pagination import page_of
from tickets.models import Ticket
from tickets.search import found_in, ticket_with_number
from tickets.views import VIEW
from web.common.access import agent_required
from web.desk.answers import number_in
from web.desk.excerpts import Piece, pieces
from web.desk.lists import (
    ROWS,
    Listing,
    queue_listing,
    queue_of,
    remember,
    remembered,
    search_listing,
    view_listing,
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
    return _list(request, listing_of_view(request, key))


@require_safe
@agent_required
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """`?closed=1` shows the closed tickets instead of the open ones."""
    return _list(request, listing_of_queue(request, pk))


@require_safe
@agent_required
def search(request: HttpRequest) -> HttpResponse:
    """A number leads straight to its ticket, words to a list."""
    words = request.GET.get("q", "")
    if ticket := ticket_with_number(words, request.user):
        return redirect("desk:ticket", ticket.number)
    return _list(request, search_listing(words, request.user))


@require_safe
@agent_required
def side(request: HttpRequest) -> HttpResponse:
    """The panel with its counts; `?here=` says which list is open, whose count stands in the title too."""
    here, panel = request.GET.get("here", ""), counted_side_of(request.user)
    return render(request, "desk/side_counts.html", {"side": panel, "here": here, "current": panel.entry(here)})


def listing_of_view(request: HttpRequest, key: str) -> Listing:
    if key not in VIEW:
        raise Http404
    return view_listing(VIEW[key], request.user)


def listing_of_queue(request: HttpRequest, pk: int) -> Listing:
    found = queue_of(request.user, pk)
    if found is None:
        raise Http404
    return queue_listing(found, request.user, closed="closed" in request.GET)


def _list(request: HttpRequest, listing: Listing) -> HttpResponse:
    """The page; for htmx the rows after a cursor, or the list alone."""
    after = request.GET.get("after", "")
    shown = Ticket.objects.for_list(request.user)
    page = page_of(listing.tickets, order=listing.order, cursor=after, size=ROWS, shown=shown)
    above = number_in(request, "above") or 0
    following = urlencode({"after": page.next, "above": above + len(page.rows)})
    context: dict[str, Any] = {
        "listing": listing,
        "rows": page.rows,
        "found": _excerpts(listing, page.rows),
        "next": f"{listing.url}{'&' if '?' in listing.url else '?'}{following}" if page.next else "",
        "is_asked": above < ASKED,
    }
    if request.htmx:
        response = render(request, f"desk/list.html#{'more' if after else 'list'}", context)
    else:
        remember(request, listing)
        context |= {"side": side_of(request.user), "section": "tickets"}
        response = render(request, "desk/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _excerpts(listing: Listing, rows: Sequence[Ticket]) -> dict[int, list[Piece]]:
    """Where the words of a search stand, by ticket id."""
    if not listing.words or not rows:
        return {}
    return {pk: pieces(text, listing.words) for pk, text in found_in(listing.words, rows).items()}
