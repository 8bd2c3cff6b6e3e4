"""`/metrics`: figures in the text format of Prometheus, for whoever holds the token, or sits on this machine.

To everybody else the address does not exist (T56).
"""

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from helpdesk.operation.measures import Installation

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        raise Http404
    of_this_process, of_the_installation = generate_latest(REGISTRY), generate_latest(Installation())
    return HttpResponse(of_this_process + of_the_installation, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
    return _comes_from_this_machine(request)


def _comes_from_this_machine(request: HttpRequest) -> bool:
    """Behind a proxy on this machine everybody comes from here: then only the token counts."""
    behind_a_proxy = settings.BEHIND_PROXY or any(name in request.headers for name in FORWARDED)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not behind_a_proxy
