"""Every refusal is an `application/problem+json` document (RFC 9457): status, title, detail, errors per field."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.database import field_given_twice
from core.text import clean_line
from tickets.changes import Stale
from tickets.events import Refused
from tickets.scanning import Withheld
from web.common.withheld import RETRY_SECONDS, status_of, words_of

# What PostgreSQL says when a row was locked for too long, two transactions waited for each other, or time ran out.
BUSY_CODES = {"55P03", "40P01", "40001", "57014"}
LONGEST_MESSAGE = 500


class PreconditionFailed(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = _("The ticket has changed meanwhile.")


class StillRunning(exceptions.APIException):
    status_code = HTTPStatus.CONFLICT
    default_detail = _("The first request with this key is still running.")


class OtherRequest(exceptions.APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_detail = _("This key was used for another request.")


class CannotBe(exceptions.APIException):
    """As things are set up here; the detail says why."""

    status_code = HTTPStatus.CONFLICT


class LeanedOn(CannotBe):
    """Other things would miss a row that is about to be retired; `leaning` names them, a sentence each."""

    default_detail = _("Other things lean on it. Send it again with `confirmed` to retire it all the same.")

    def __init__(self, leaning: list[str]) -> None:
        super().__init__()
        self.leaning = leaning


class BeginAgain(exceptions.APIException):
    status_code = HTTPStatus.GONE
    default_detail = _("This address belongs to another server or another time: begin again without a cursor.")


class LengthRequired(exceptions.APIException):
    status_code = HTTPStatus.LENGTH_REQUIRED
    default_detail = _("Send the length of the request (Content-Length).")


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request is too large.")


class Busy(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = _("This takes too long just now, or somebody else is changing it. Please try again.")
    wait = 1


class FileWithheld(exceptions.APIException):
    """The virus scanner objects to the file, or has not looked at it yet; `scan` says which."""

    def __init__(self, withheld: Withheld) -> None:
        super().__init__(words_of(withheld.verdict))
        self.scan = withheld.verdict.scan
        self.status_code = status_of(withheld.verdict)
        if withheld.verdict.is_awaited:
            self.wait = RETRY_SECONDS


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error of a view; None when it is none of the caller's making (a 500 then)."""
    error = _translated(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    status = HTTPStatus(response.status_code)
    document = {"type": "about:blank", "title": status.phrase, "status": status.value}
    if isinstance(error, exceptions.ValidationError):
        document |= _invalid(response.data)
    else:
        document["detail"] = _safe(response.data["detail"])
    if isinstance(error, FileWithheld):
        document["scan"] = error.scan
    if isinstance(error, LeanedOn):
        document["leaning"] = [_safe(text) for text in error.leaning]
    response.data = document
    response.content_type = "application/problem+json"
    return response


def is_busy(error: OperationalError) -> bool:
    return getattr(error.__cause__, "pgcode", None) in BUSY_CODES


def _translated(error: Exception) -> Exception:
    """Errors of the layers below as errors of the interface."""
    if isinstance(error, Http404):
        return exceptions.NotFound()  # what Django says names our classes
    if isinstance(error, Stale):
        return PreconditionFailed()
    if isinstance(error, Refused):
        return CannotBe(str(error))
    if isinstance(error, Withheld):
        return FileWithheld(error)
    if isinstance(error, BadRequest):
        return exceptions.ParseError(str(error))
    if isinstance(error, OperationalError) and is_busy(error):
        return Busy()
    if isinstance(error, IntegrityError) and (field := field_given_twice(error)):
        return exceptions.ValidationError({field: [_("There is already one with this value.")]})
    return error


def _invalid(data: Any) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    for path, message in _messages(data, ()):
        errors.setdefault(".".join(path), []).append(message)
    general = errors.pop("", [])
    detail = " ".join(general) or str(_("Some of the values cannot be accepted."))
    return {"detail": detail, "errors": errors}


def _messages(data: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Nested errors as (path, message): `attachments.0.content`, `custom_fields.colour`."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _messages(value, path if key == "non_field_errors" else (*path, _safe(key)))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _messages(value, (*path, str(number)) if isinstance(value, dict | list) else path)
    else:
        yield path, _safe(data)


def _safe(text: Any) -> str:
    """Messages quote what was sent, so they are cleaned of what cannot be encoded."""
    return clean_line(str(text), LONGEST_MESSAGE)
