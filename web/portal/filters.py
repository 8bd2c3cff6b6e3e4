"""Which requests a list shows, whose, and in which order: what its address says, and what there is to choose.

Nothing here opens anything: it narrows what `requests_of` gives.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from core.counting import figures
from tickets.models import Participant, Ticket
from tickets.search import MAX_QUERY, matching_in_public
from web.portal.requests import WAITING, listed, requests_of, shared_organisations

MINE, COPY, ALL_OF_THEM = "mine", "copy", "organisation"
COUNTED = 100
_NUMBER = re.compile(r"#?(\d{1,20})\Z")

SHOWN: Mapping[str, tuple[str | Promise, Q]] = {
    "open": (pgettext_lazy("requests", "Open"), Q(closed_at__isnull=True)),
    "waiting": (_("Waiting for you"), WAITING & Q(closed_at__isnull=True)),
    "solved": (pgettext_lazy("requests", "Solved"), Q(closed_at__isnull=False)),
    "all": (pgettext_lazy("requests", "All"), Q()),
}
# How many there are is said of these.
WITH_NUMBER = ("open", "waiting")
ORDERS: Mapping[str, tuple[str | Promise, Sequence[str]]] = {
    "news": (_("Last news first"), ("-last_public_at", "-id")),
    "newest": (_("Newest first"), ("-created_at", "-id")),
    "oldest": (_("Oldest first"), ("created_at", "id")),
}


@dataclass(frozen=True)
class Option:
    """One of several to choose from."""

    label: str | Promise
    url: str
    current: bool


@dataclass(frozen=True)
class Filter:
    """What the address says; anything unknown means the usual."""

    show: str
    whose: str
    order: str
    words: str
    organisations: Sequence[Organisation]
    has_copies: bool

    @classmethod
    def of(cls, request: HttpRequest) -> "Filter":
        organisations = shared_organisations(request.user)
        has_copies = Participant.objects.filter(user=request.user).exists()
        known = {MINE, COPY, ALL_OF_THEM, *(_key(one) for one in organisations)}
        show, whose, order = (request.GET.get(name, "") for name in ("show", "whose", "order"))
        words = request.GET.get("q", "").strip()[:MAX_QUERY]
        return cls(
            # who searches looks everywhere, unless he says where
            show=show if show in SHOWN else "all" if words else "open",
            whose=whose if whose in known else MINE,
            order=order if order in ORDERS else "news",
            words=words,
            organisations=organisations,
            has_copies=has_copies,
        )

    def requests(self, request: HttpRequest) -> QuerySet[Ticket]:
        """What is listed, in no order yet."""
        found = self._of(request).filter(SHOWN[self.show][1])
        if not self.words:
            return found
        by_words = matching_in_public(found, self.words)
        if number := _NUMBER.match(self.words):  # of a request, or of an invoice that one speaks of
            return found.filter(Q(number=number[1]) | Q(pk__in=by_words.order_by().values("pk")))
        return by_words

    def states(self, request: HttpRequest) -> list[Option]:
        """What may be shown, with how many there are of what is not over."""
        theirs = self._of(request)
        numbers = figures({key: theirs.filter(SHOWN[key][1]) for key in WITH_NUMBER}, limit=COUNTED)
        return [
            Option(_with(label, numbers.get(key, 0)), self.address(show=key), current=key == self.show)
            for key, (label, _condition) in SHOWN.items()
        ]

    def owners(self) -> list[Option]:
        """Whose; empty where there are only one's own."""
        owners: list[tuple[str, str | Promise]] = [(MINE, _("Only mine"))]
        if self.has_copies or self.whose == COPY:
            owners.append((COPY, _("With me in copy")))
        if len(self.organisations) == 1:
            owners.append((ALL_OF_THEM, self.organisations[0].name))
        else:
            owners += [(_key(one), one.name) for one in self.organisations]
        if len(owners) == 1:
            return []
        return [Option(label, self.address(whose=key), current=key == self._shown_owner) for key, label in owners]

    def orders(self) -> list[tuple[str, str | Promise]]:
        return [(key, label) for key, (label, _fields) in ORDERS.items()]

    @property
    def fields(self) -> Sequence[str]:
        return ORDERS[self.order][1]

    @cached_property
    def organisation(self) -> Organisation | None:
        """The one whose requests are shown."""
        if self.whose == ALL_OF_THEM:
            return self.organisations[0] if self.organisations else None
        return next((one for one in self.organisations if _key(one) == self.whose), None)

    def address(self, **changes: str) -> str:
        values = {"show": self.show, "whose": self.whose, "order": self.order, "q": self.words, **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    @property
    def everything(self) -> str:
        """The same words in any state; where that was all, the list without them."""
        return self.address(show="all", q="" if self.show == "all" else self.words)

    @property
    def _shown_owner(self) -> str:
        if self.organisation is None:
            return self.whose
        return ALL_OF_THEM if len(self.organisations) == 1 else _key(self.organisation)

    def _of(self, request: HttpRequest) -> QuerySet[Ticket]:
        theirs = listed(requests_of(request.user, request.brand))
        if self.organisation is not None:
            return theirs.filter(organisation=self.organisation)
        if self.whose == COPY:
            return theirs.filter(pk__in=Participant.objects.filter(user=request.user).values("ticket"))
        return theirs.filter(customer=request.user)


def _key(organisation: Organisation) -> str:
    return f"o{organisation.pk}"


def _with(label: str | Promise, number: int) -> str:
    if not number:
        return str(label)
    return f"{label} {number if number < COUNTED else f'{COUNTED - 1}+'}"
