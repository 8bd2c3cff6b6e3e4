"""Who reads a request: somebody who is signed in and may see it, or whoever followed a secret link to it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override

from accounts.models import Brand, User
from automation.absence import zone_of
from tickets.events import PORTAL, Cause
from tickets.models import SecretLink, Ticket
from tickets.participation import may_share
from tickets.secret_links import cause_of
from web.common.access import sign_in_first
from web.common.by_link import opened
from web.portal.requests import requests_of

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Reader:
    """`link`: he has not signed in, so he reads and answers this one request, and decides only whether it is solved."""

    ticket: Ticket
    user: User
    link: SecretLink | None = None

    @property
    def cause(self) -> Cause:
        return cause_of(self.link) if self.link else PORTAL

    @property
    def may_solve(self) -> bool:
        """Whose request it is, not who is in copy."""
        return may_share(self.ticket, self.user)

    @property
    def may_share(self) -> bool:
        return self.link is None and may_share(self.ticket, self.user)


def reader_required(view: View) -> View:
    """`view(request, reader)` for the number in the address; what is not there or somebody else's is 404, alike (T42).

    Whoever is not signed in and has no link is asked to sign in.
    """

    @wraps(view)
    def guarded(request: HttpRequest, number: str, *args, **kwargs) -> HttpResponse:
        reader = reader_of(request, number)
        if reader is None and not request.user.is_authenticated:
            return sign_in_first(request)
        if reader is None:
            raise Http404
        response = _answer(view, request, reader, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-cache")
        return response

    return guarded


def signed_in_reader(view: View) -> View:
    """The same for what a link does not allow."""

    @wraps(view)
    def guarded(request: HttpRequest, reader: Reader, *args, **kwargs) -> HttpResponse:
        if reader.link is not None:
            return sign_in_first(request)
        return view(request, reader, *args, **kwargs)

    return reader_required(guarded)


def reader_of(request: HttpRequest, number: str) -> Reader | None:
    """The request, or the one it was merged into; being signed in goes before a link."""
    if request.user.is_authenticated and (ticket := _seen_by(request.user, request.brand, number)):
        return Reader(ticket, request.user)
    found = opened(request, number)
    if found is None:
        return None
    brand = found.ticket.queue.brand or request.brand  # a link leads to its request under whatever name
    ticket = requests_of(found.user, brand).filter(pk=found.ticket.pk).first()
    return Reader(ticket, found.user, found.link) if ticket else None


def _seen_by(user: User, brand: Brand, number: str) -> Ticket | None:
    requests = requests_of(user, brand)
    ticket = requests.filter(number=number).first()
    return requests.survivor_of(ticket) if ticket and ticket.merged_into_id else ticket


def _answer(view: View, request: HttpRequest, reader: Reader, *args, **kwargs) -> HttpResponse:
    if reader.link is None:
        return view(request, reader, *args, **kwargs)
    with override(_language(request, reader.user)), timezone.override(zone_of(reader.user)):
        response = view(request, reader, *args, **kwargs)
    patch_vary_headers(response, ["Cookie"])
    return response


def _language(request: HttpRequest, person: User) -> str:
    """His own, unless another one was chosen on this computer."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else person.language or get_language() or "en"
