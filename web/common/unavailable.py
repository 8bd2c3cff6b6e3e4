"""The page for a moment without a database: whatever was written stands on it, ready to be sent again (F06)."""

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

RETRY_SECONDS = 10
# What is longer than this is text that somebody has written: it is shown, the rest only travels along.
SHOWN_FROM = 80
TOKEN = "csrfmiddlewaretoken"  # noqa: S105

Fields = list[tuple[str, str]]


def is_database_trouble(error: BaseException | None) -> bool:
    """The server is away, was away in between, or something took too long: the same request may succeed in a moment."""
    return isinstance(error, OperationalError | InterfaceError)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Without context processors, which would ask the database who is there."""
    sent = _sent(request)
    context = {
        "reference": getattr(request, "id", ""),
        "action": request.get_full_path(),
        "token": get_token(request) if sent else "",
        "written": [pair for pair in sent if _is_text(pair[1])],
        "others": [pair for pair in sent if not _is_text(pair[1])],
        "had_files": bool(sent and request.FILES),
        "is_form": bool(sent),
    }
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _sent(request: HttpRequest) -> Fields:
    """The fields of a form, to be sent once more as they are; nothing where a password is among them."""
    if request.method != "POST":
        return []
    try:
        lists = dict(request.POST.lists())
    except (BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, OSError):
        return []
    if any("password" in name for name in lists):
        return []
    return [(name, str(value)) for name, values in lists.items() if name != TOKEN for value in values]


def _is_text(value: str) -> bool:
    return len(value) >= SHOWN_FROM or "\n" in value
