"""Pages for what went wrong: what happened, that nothing is lost, and two ways on."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

log = logging.getLogger(__name__)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.warning("refused a form without a valid token: %s", reason)
    return _page(request, 403)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        titles = {400: _("Bad request"), 403: _("Not allowed"), 404: _("Not found"), 500: _("Server error")}
        body = {"type": "about:blank", "title": titles[status], "status": status}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return render(request, f"{status}.html", {"reference": getattr(request, "id", "")}, status=status)
