"""Where somebody's requests stand: the first page and the list that can be filtered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from core.pagination import page_of
from tickets.models import Ticket
from tickets.search import MAX_QUERY, matching_in_public
from web.common.access import customer_required
from web.portal.requests import WAITING, Progress, listed, progress_of, requests_of, shared_organisation

ORDER = ("-last_public_at", "-id")
ON_FIRST_PAGE = 20
SOLVED_ON_FIRST_PAGE = 5
PAGE = 25
_NUMBER = re.compile(r"#?(\d{1,20})\Z")


@dataclass(frozen=True)
class Row:
    ticket: Ticket
    progress: Progress


@require_safe
@customer_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the customer comes first, then what is open, then what was solved lately."""
    mine = listed(requests_of(request.user)).filter(customer=request.user).order_by(*ORDER)
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
    }
    return render(request, "portal/home.html", context)


@dataclass(frozen=True)
class Filter:
    """What the address says; anything unknown means the usual."""

    show: str
    whose: str
    words: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Filter":
        show = request.GET.get("show", "")
        return cls(
            show=show if show in SHOWN else "open",
            whose="organisation" if request.GET.get("whose") == "organisation" else "mine",
            words=request.GET.get("q", "").strip()[:MAX_QUERY],
        )

    def address(self, **changes: str) -> str:
        values = {"show": self.show, "whose": self.whose, "q": self.words, **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    @property
    def everything(self) -> str:
        """The same list without the words and the state."""
        return self.address(show="all", q="")


SHOWN: dict[str, str | Promise] = {
    "open": pgettext_lazy("requests", "Open"),
    "solved": pgettext_lazy("requests", "Solved"),
    "all": pgettext_lazy("requests", "All"),
}


@require_safe
@customer_required
def requests(request: HttpRequest) -> HttpResponse:
    chosen = Filter.of(request)
    organisation = shared_organisation(request.user)
    page = page_of(_chosen(request, chosen), order=ORDER, cursor=request.GET.get("after", ""), size=PAGE)
    context = {
        "portal_section": "requests",
        "rows": _rows(page.rows, request.user),
        "next": chosen.address(after=page.next) if page.next else "",
        "filter": chosen,
        "organisation": organisation,
        "shown": [
            {"label": label, "url": chosen.address(show=key), "current": key == chosen.show}
            for key, label in SHOWN.items()
        ],
        "owners": [
            {"label": label, "url": chosen.address(whose=key), "current": key == chosen.whose}
            for key, label in (("mine", _("Only mine")), ("organisation", organisation))
        ],
    }
    part = request.htmx and request.GET.get("after")
    response = render(request, "portal/requests.html#more" if part else "portal/requests.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _rows(tickets: Iterable[Ticket], user: User) -> list[Row]:
    return [Row(ticket, progress_of(ticket, user)) for ticket in tickets]


def _chosen(request: HttpRequest, chosen: Filter) -> QuerySet[Ticket]:
    found = listed(requests_of(request.user))
    if chosen.whose == "mine":
        found = found.filter(customer=request.user)
    if chosen.show != "all":
        found = found.filter(closed_at__isnull=chosen.show == "open")
    if number := _NUMBER.match(chosen.words):
        return found.filter(number=number[1])
    return matching_in_public(found, chosen.words) if chosen.words else found
