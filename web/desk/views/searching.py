"""Searching: the page, what completes a query while it is typed, and the form that writes one."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tickets.completion import complete as complete_query
from tickets.language import LanguageError
from tickets.language.reader import MAX_LENGTH
from tickets.search import ticket_with_number
from tickets.views import COUNT_LIMIT
from web.common.access import agent_required
from web.desk.answers import number_in
from web.desk.forms.searching import SearchForm
from web.desk.lists import BEST, Listing, search_listing
from web.desk.side import patiently_counted
from web.desk.views.lists import arrange, page


@dataclass(frozen=True)
class Trouble:
    """A query that cannot be read, with the place told apart."""

    before: str
    place: str
    after: str
    text: str


@require_safe
@agent_required
def search(request: HttpRequest) -> HttpResponse:
    """A number leads straight to its ticket, everything else to a list; `?count` is how many are in it, as a part."""
    query = request.GET.get("q", "")
    if ticket := ticket_with_number(query, request.user):
        return redirect("desk:ticket", ticket.number)
    listing = arrange(request, search_listing(query, request.user))
    trouble = _trouble(listing.query, listing.error) if listing.error else None
    form = None if listing.query else SearchForm(agent=request.user, prefix="by")
    if "count" in request.GET:
        return _count(request, listing)
    order = "" if listing.sorted_by == BEST else listing.sorted_by
    as_view = urlencode({"q": listing.query, "order": order, "group": listing.group_by})
    return page(request, listing, "desk/search.html", trouble=trouble, form=form, as_view=as_view)


@require_safe
@agent_required
def complete(request: HttpRequest) -> HttpResponse:
    """What may stand at character `?at=` of `?q=`."""
    query = request.GET.get("q", "")[:MAX_LENGTH]
    at = min(number_in(request, "at") or 0, len(query))
    found = complete_query(query, at, request.user)
    return render(request, "desk/search_options.html", {"found": found})


@require_safe
@agent_required
def write(request: HttpRequest) -> HttpResponse:
    """The form's answers as a query, and on to what it finds."""
    form = SearchForm(request.GET, agent=request.user, prefix="by")
    query = form.query() if form.is_valid() else ""
    return redirect(f"{reverse('desk:search')}?{urlencode({'q': query})}")


def _count(request: HttpRequest, listing: Listing) -> HttpResponse:
    """How many there are: no answer where that would take too long, and what the page says already stays."""
    numbers = patiently_counted([listing.tickets])
    if not numbers:
        return HttpResponse(status=204)
    return render(request, "desk/list.html#count", {"number": numbers[0], "most": COUNT_LIMIT})


def _trouble(query: str, error: LanguageError) -> Trouble:
    """At the end of the query a place is empty: then it is the last character."""
    start = min(error.start, max(0, len(query) - 1))
    end = max(error.end, start + 1)
    return Trouble(query[:start], query[start:end], query[end:], str(error))
