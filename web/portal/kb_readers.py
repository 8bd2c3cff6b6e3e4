"""Readers of articles, told apart without being known: for what they say, and so that nobody counts twice."""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from knowledge.actions.reading import reader_mark
from web.common.limits import DAY, HOUR, MINUTE, Limit, address_of

_MARK = re.compile(r"[0-9a-f]{32}\Z")
_PROGRAM = re.compile(r"(?i)bot\b|crawl|spider|preview|monitor|curl|wget|python")
KEPT = 180 * DAY

# Whoever comes back within the half hour goes on reading.
READING = Limit("kb-reading", 1, 30 * MINUTE)
SPARED = Limit("kb-spared", 1, DAY)
SAYING = Limit("kb-saying", 40, HOUR)
SEARCHING = Limit("kb-searching", 300, 5 * MINUTE)


def mark_of(request: HttpRequest) -> str:
    """The mark under which this reader has spoken before; "" of a visitor who never has."""
    if request.user.is_authenticated:
        return reader_mark(request.user)
    mark = request.COOKIES.get(settings.READER_COOKIE_NAME, "")
    return mark if _MARK.match(mark) else ""


def new_mark() -> str:
    return secrets.token_hex(16)


def remember_mark(response: HttpResponse, mark: str) -> None:
    """On this computer; no script needs to read it (T77)."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(settings.READER_COOKIE_NAME, mark, max_age=KEPT, samesite="Lax", secure=secure, httponly=True)


def begins_to_read(request: HttpRequest, article: int) -> bool:
    """Whether this is a person who has not read the article just before."""
    if request.method != "GET" or _PROGRAM.search(request.headers.get("User-Agent", "")):
        return False
    return READING.take(f"{who(request)}:{article}")


def who(request: HttpRequest) -> str:
    """For limits: the person, else the mark, else where the request comes from."""
    return mark_of(request) or address_of(request)
