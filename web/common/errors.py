"""Pages for what went wrong: what happened, that nothing is lost, and two ways on."""

import logging
import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.translation import gettext as _

from web.common.unavailable import RETRY_SECONDS, is_database_trouble, unavailable

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: what failed may be the database they would ask who is there."""
    if is_database_trouble(sys.exception()):
        return _unavailable(request)
    if _is_api(request):
        return _page(request, 500)
    return HttpResponse(render_to_string("500.html", {"reference": getattr(request, "id", "")}), status=500)


def _unavailable(request: HttpRequest) -> HttpResponse:
    if not _is_api(request):
        return unavailable(request)
    response = _page(request, 503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Named as `handler429`, which allauth's rate limits call."""
    response = _page(request, 429, template="common/too_many.html")
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Mostly a page that was open while somebody signed in or out elsewhere: going back keeps the text."""
    log.warning("refused a form without a valid token: %s", reason)
    return _page(request, 403, template="common/form_expired.html")


def _page(request: HttpRequest, status: int, *, template: str = "") -> HttpResponse:
    if _is_api(request):
        return JsonResponse(_problem(request, status), status=status, content_type="application/problem+json")
    context = {
        # "Not there" says the same about everything: with the same words, the same bytes (T42).
        "reference": "" if status == 404 else getattr(request, "id", ""),
        "csrf_token": "",
    }
    return render(request, template or f"{status}.html", context, status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _problem(request: HttpRequest, status: int) -> dict[str, object]:
    titles = {
        400: _("Bad request"),
        403: _("Not allowed"),
        404: _("Not found"),
        429: _("Too many requests"),
        500: _("Server error"),
        503: _("Not available at the moment"),
    }
    problem: dict[str, object] = {"type": "about:blank", "title": titles[status], "status": status}
    if status == 404 and is_valid_path(f"{request.path_info}/"):
        problem["detail"] = _("Addresses end with a slash: %(address)s") % {"address": f"{request.path}/"}
    return problem
