"""How the Generic Interface talks: parameters from path, query and body, JSON back, refusals with status 200."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError

from accounts.models import User
from api.parsers import is_crowded
from api.problems import LONGEST_MESSAGE, is_busy
from core.text import clean_line, strip_nul
from tickets.events import Cause, Refused

log = logging.getLogger(__name__)

# Deeper than any request of this interface, and far from what would exhaust the reader.
DEEPEST = 20
# Of what carries no files: enough for a search by a thousand numbers.
SMALL = 64 * 1024
FAMILIAR = ("SessionID", "AccessToken", "UserLogin", "CustomerUserLogin", "Password")


class Refusal(Exception):
    """An answer of the operation that is an error: `TicketCreate.MissingParameter` is kind "MissingParameter"."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Unreadable(Exception):
    """The request cannot be understood at all: OTRS answers 500 and plain text."""


class TooMany(Exception):
    """More requests than anybody may send in a minute; `wait` is in seconds. OTRS has no answer for it: 429."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True)
class Caller:
    """Who asks, and as what: somebody who is agent and customer signs in as one of the two. `came_by` is the session
    or "password"."""

    person: User
    is_customer: bool
    came_by: str = "password"

    @property
    def cause(self) -> Cause:
        return Cause("otrs", self.came_by)


@dataclass(frozen=True)
class Call:
    """One request, read. `data` are the parameters of path, query and body together."""

    request: HttpRequest
    data: Mapping[str, Any]

    def text(self, name: str) -> str:
        return scalar(self.data.get(name))

    def flag(self, name: str, *, default: str = "0") -> bool:
        return (self.text(name) or default) not in ("0", "")


Run = Callable[[Call], dict[str, Any]]


@dataclass(frozen=True)
class Operation:
    """`name` begins the error codes. One that changes something is done whole or not at all."""

    name: str
    run: Run

    def answer(self, call: Call) -> dict[str, Any]:
        try:
            with transaction.atomic():
                return self.run(call)
        except Refusal as refusal:
            return self._error(refusal.kind, str(refusal))
        except (PermissionDenied, NotFound):
            return self._error("AccessDenied", "User does not have access to the ticket!")
        except (ValidationError, Refused) as error:
            return self._error("InvalidParameter", _words_of(error))

    def _error(self, kind: str, message: str) -> dict[str, Any]:
        return {"Error": {"ErrorCode": f"{self.name}.{kind}", "ErrorMessage": f"{self.name}: {message}"}}


def route(largest: int = SMALL, /, **operations: Operation) -> Callable[..., HttpResponse]:
    """A view with one operation for each method: `route(POST=CREATE, GET=SEARCH)`. A body has at most `largest` bytes,
    because it is read before anybody is known."""

    @csrf_exempt
    def view(request: HttpRequest, **path: str) -> HttpResponse:
        operation = operations.get(request.method or "")
        if operation is None:
            return plain("There is no operation for this method and route.", 500)
        try:
            return _json(operation.answer(Call(request, _parameters(request, path, largest))))
        except Unreadable as error:
            return plain(str(error), 500)
        except TooMany as error:
            answer = plain("These are too many requests. Wait a minute and try again.", 429)
            answer["Retry-After"] = str(error.wait)
            return answer
        except OperationalError as error:
            if not is_busy(error):
                raise
            return plain("This takes too long just now, or somebody else is changing it.", 503)
        except Exception:
            # Clients of OTRS expect plain text, not a page; the path stays out of the log, it may hold a session.
            log.exception("the operation %s failed", operation.name)
            return plain("There was an error. It has been noted in the log.", 500)

    return view


@csrf_exempt
def no_such_route(request: HttpRequest, **_path: str) -> HttpResponse:
    return plain("There is no web service or route of this name.", 500)


def _words_of(error: Exception) -> str:
    """What the forms and verbs below say of a value, in one line."""
    detail = getattr(error, "detail", None)
    parts = [f"{name}: {' '.join(map(str, said))}" for name, said in detail.items()] if isinstance(detail, dict) else []
    return clean_line("; ".join(parts) or str(error), LONGEST_MESSAGE)


def scalar(value: Any) -> str:
    """A single parameter as text; of a list the first, of what is no single value nothing."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool):
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int | float) else ""


def listed(value: Any) -> list[str]:
    """A parameter that may be there several times, as texts."""
    values = value if isinstance(value, list) else [value]
    return [text for text in map(scalar, values) if text]


def plain(text: str, status: int) -> HttpResponse:
    return _uncached(HttpResponse(text, status=status, content_type="text/plain; charset=UTF-8"))


def _json(document: dict[str, Any]) -> HttpResponse:
    options = {"ensure_ascii": False}
    return _uncached(JsonResponse(document, json_dumps_params=options, content_type="application/json; charset=UTF-8"))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _parameters(request: HttpRequest, path: Mapping[str, str], largest: int) -> dict[str, Any]:
    """What stands in the path counts before the query, and that before the body; of a GET the body counts nothing."""
    request.encoding = "utf-8"
    sent = {} if request.method == "GET" else _body(request, largest)
    asked = {name: _clean(values if len(values) > 1 else values[0]) for name, values in request.GET.lists() if values}
    headers = {
        name: _clean(request.headers[f"X-OTRS-Header-{name}"])
        for name in FAMILIAR
        if f"X-OTRS-Header-{name}" in request.headers
    }
    return {**headers, **sent, **asked, **path}


def _body(request: HttpRequest, largest: int) -> dict[str, Any]:
    if "Transfer-Encoding" in request.headers:  # WSGI would read such a body as an empty one
        raise Unreadable("Send the length of the request (Content-Length).")
    raw = request.read(largest + 1)
    if len(raw) > largest or is_crowded(raw):
        raise Unreadable("The request is too large.")
    if not raw.strip():
        return {}
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("The request is no valid JSON.") from error
    if not isinstance(document, dict):
        raise Unreadable("The request is no JSON object.")
    return _clean(document)


def _clean(value: Any, depth: int = 0) -> Any:
    """Texts that the database can store (T16, T88). Lists and objects are cleaned in place."""
    if depth > DEEPEST:
        raise Unreadable("The request is nested too deeply.")
    if isinstance(value, str):
        return strip_nul(value)
    if isinstance(value, list):
        for place, inner in enumerate(value):
            value[place] = _clean(inner, depth + 1)
    if isinstance(value, dict):
        for name in list(value):
            value[strip_nul(name)] = _clean(value.pop(name), depth + 1)
    return value


def operation(name: str) -> Callable[[Run], Operation]:
    """`@operation("TicketGet")` makes an operation of a function of the call."""

    def make(run: Run) -> Operation:
        return Operation(name, run)

    return make
