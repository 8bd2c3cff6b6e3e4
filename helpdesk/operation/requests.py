"""Every answered request: one log line, and the counters that `/metrics` shows.

Lines and labels name the route, never the address itself: addresses hold the secrets of invitations and resets (T80).
"""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from prometheus_client import Counter, Gauge, Histogram

log = logging.getLogger("helpdesk.requests")

ANSWERED = Counter("helpdesk_requests", "Answered requests.", ["method", "route", "status"])
SECONDS = Histogram(
    "helpdesk_request_seconds",
    "Time from the first line of a request to its answer, without waiting for a thread.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STREAMS = Gauge("helpdesk_live_streams", "Pages that listen for live hints.")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked every few seconds by machines: counted, but not worth a line while all is well.
QUIET = ("/healthz/", "/metrics")


class Measure:
    """Counts and times each request, and writes its line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        route = _route(request)
        method = request.method if request.method in METHODS else "other"
        ANSWERED.labels(method, route, response.status_code).inc()
        SECONDS.labels(route).observe(seconds)
        if response.status_code >= 400 or not request.path_info.startswith(QUIET):
            _write_line(request, response, route=route, milliseconds=seconds * 1000)
        return response


class RoutesOnly(logging.Filter):
    """Lets what Django itself says of a request name the route as well, and not its address."""

    def filter(self, record: logging.LogRecord) -> bool:
        if request := getattr(record, "request", None):
            record.msg, record.args = "%s %s failed", (request.method, _route(request))
        return True


class RoutesInstead(logging.Filter):
    """The same for what Django says of forms that were not ours: why it was refused stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            record.args = tuple(_route(request) if arg == request.path else arg for arg in record.args)
        return True


def _write_line(request: HttpRequest, response: HttpResponse, *, route: str, milliseconds: float) -> None:
    facts: dict[str, object] = {"status": response.status_code, "ms": round(milliseconds, 1)}
    if person := _person(request):
        facts["person"] = person
    log.info("%s %s", request.method, route, extra={"facts": facts})


def _route(request: HttpRequest) -> str:
    return request.resolver_match.route if request.resolver_match else "none"


def _person(request: HttpRequest) -> int | None:
    """Who asked, if the request itself wanted to know: no query for a log line."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)
