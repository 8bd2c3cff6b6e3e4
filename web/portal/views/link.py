"""Following a secret link: it opens its one request, and its token goes no further than this address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tickets.secret_links import link_with, note_use, opened_by
from web.common.by_link import remember
from web.common.errors import too_many_requests
from web.common.limits import HOUR, Limit, address_of

# Wrong ones from one address.
WRONG = Limit("wrong-request-links", most=60, seconds=HOUR)


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """All links that open nothing look alike: forged, over, revoked (410)."""
    if WRONG.is_reached(address_of(request)):
        return _private(too_many_requests(request))
    link = link_with(token)
    ticket = opened_by(link) if link is not None else None
    if link is None or ticket is None:
        WRONG.take(address_of(request))
        return _private(render(request, "portal/link_over.html", status=410))
    if request.user.is_authenticated and request.user.is_agent:  # who works here does not speak as a customer
        return _private(redirect("desk:ticket", ticket.number))
    if request.method == "GET":
        note_use(link)
        remember(request, link, ticket)
    return _private(redirect("portal:request", ticket.number))


def _private(response: HttpResponse) -> HttpResponse:
    """No address is told where somebody came from (T80)."""
    response["Referrer-Policy"] = "no-referrer"
    return response
