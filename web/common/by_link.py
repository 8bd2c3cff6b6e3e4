"""Requests that this browser may open without signing in, because somebody followed a secret link here.

The session remembers which link opened which request; each look asks anew whether the link still holds, so revoking one
ends everything at once. The token itself is in no page, no address after the first, and no log.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import User
from tickets.models import SecretLink, Ticket
from tickets.secret_links import link_numbered, opened_by

KEY = "request_links"
MOST = 20


@dataclass(frozen=True)
class Opened:
    """What a link opens, as its person would see it."""

    link: SecretLink
    ticket: Ticket

    @property
    def user(self) -> User:
        return self.link.user


def remember(request: HttpRequest, link: SecretLink, ticket: Ticket) -> None:
    kept = {number: pk for number, pk in _kept(request).items() if number != ticket.number}
    request.session[KEY] = dict([*kept.items(), (ticket.number, link.pk)][-MOST:])


def opened(request: HttpRequest, number: str) -> Opened | None:
    """The request with this number, or the one it was merged into, if a link that still holds was followed to it.

    Never for people who work here: what they say, they say as themselves.
    """
    is_agent = request.user.is_authenticated and request.user.is_agent
    pk = None if is_agent else _kept(request).get(number)
    link = link_numbered(pk) if pk is not None else None
    ticket = opened_by(link) if link is not None else None
    if link is None or ticket is None:
        return None
    if ticket.number != number:
        remember(request, link, ticket)
    return Opened(link, ticket)


def has_opened(request: HttpRequest) -> bool:
    """Whether any link was followed here; asks no database but the session's."""
    return bool(_kept(request))


def _kept(request: HttpRequest) -> dict[str, int]:
    return request.session.get(KEY) or {}
