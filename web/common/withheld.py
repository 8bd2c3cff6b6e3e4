"""The answer to whoever asks for a file that is not given out, because the virus scanner objects or has not answered.

403 where the file stays here: it is there and known, unlike one that is gone, and another check may find it harmless.
409 while it is being checked: nothing is wrong with the server, which a 503 would tell every proxy, and asking again
helps.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tickets.scanning import Scan, Verdict, Withheld

RETRY_SECONDS = 30


class AnswerWithheld:
    """`Withheld` becomes a page, whichever view let it through. Programs are answered by api/problems.py."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return page(request, exception) if isinstance(exception, Withheld) else None


def page(request: HttpRequest, withheld: Withheld) -> HttpResponse:
    verdict = withheld.verdict
    context = {"name": withheld.name, "words": words_of(verdict), "verdict": verdict}
    response = render(request, "common/withheld.html", context, status=status_of(verdict))
    response["Cache-Control"] = "no-store"
    if verdict.is_awaited:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def status_of(verdict: Verdict) -> HTTPStatus:
    return HTTPStatus.CONFLICT if verdict.is_awaited else HTTPStatus.FORBIDDEN


def words_of(verdict: Verdict) -> str:
    """Why the bytes do not leave, for people."""
    if verdict.scan == Scan.INFECTED:
        return _("The virus scanner found %(found)s in this file. It is not given out.") % {"found": verdict.found}
    if verdict.scan == Scan.TOO_LARGE:
        return _("This file is too large to be checked for viruses. It is not given out.")
    return _("This file is being checked for viruses. Please try again in a moment.")
