"""Where somebody's requests stand: the first page and the list that can be filtered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.managing import organisations_of_manager
from accounts.models import User
from core.pagination import page_of
from tickets.models import Participant, Ticket
from web.common.access import customer_required
from web.portal.expecting import Expectation, expectations_of
from web.portal.filters import Filter
from web.portal.requests import WAITING, Progress, listed, progress_of, requests_of, shared_organisation
from web.portal.waiting import waiting_for
from web.portal.welcome import welcome

ORDER = ("-last_public_at", "-id")
ON_FIRST_PAGE = 20
SOLVED_ON_FIRST_PAGE = 5
PAGE = 25


@dataclass(frozen=True)
class Row:
    ticket: Ticket
    progress: Progress
    expected: Expectation | None


@require_safe
@customer_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the customer comes first, then what is open, then what was solved lately."""
    mine = listed(requests_of(request.user, request.brand)).filter(customer=request.user).order_by(*ORDER)
    waiting = _rows(mine.filter(WAITING)[:ON_FIRST_PAGE], request.user)
    others = _rows(mine.filter(closed_at__isnull=True).exclude(WAITING)[: ON_FIRST_PAGE + 1], request.user)
    solved = _rows(mine.filter(closed_at__isnull=False)[: SOLVED_ON_FIRST_PAGE + 1], request.user)
    context = {
        "portal_section": "requests",
        "open_rows": [*waiting, *others[:ON_FIRST_PAGE]],
        "more_open": len(others) > ON_FIRST_PAGE or len(waiting) == ON_FIRST_PAGE,
        "solved_rows": solved[:SOLVED_ON_FIRST_PAGE],
        "more_solved": len(solved) > SOLVED_ON_FIRST_PAGE,
        "organisation": shared_organisation(request.user),
        "managed": organisations_of_manager(request.user),
        "has_copies": Participant.objects.filter(user=request.user).exists(),
        "waiting": waiting_for(request.user),
        **welcome(request),
    }
    return render(request, "portal/home.html", context)


@require_safe
@customer_required
def requests(request: HttpRequest) -> HttpResponse:
    chosen = Filter.of(request)
    after = request.GET.get("after", "")
    page = page_of(chosen.requests(request), order=chosen.fields, cursor=after, size=PAGE)
    context = {
        "portal_section": "requests",
        "rows": _rows(page.rows, request.user),
        "next": chosen.address(after=page.next) if page.next else "",
        "filter": chosen,
    }
    part = request.htmx and after
    if not part:
        context |= {"states": chosen.states(request), "owners": chosen.owners()}
    response = render(request, "portal/requests.html#more" if part else "portal/requests.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _rows(tickets: Iterable[Ticket], user: User) -> list[Row]:
    tickets = list(tickets)
    expected = expectations_of(tickets, user)
    return [Row(ticket, progress_of(ticket, user), expected.get(ticket.pk)) for ticket in tickets]
