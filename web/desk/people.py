"""Fetching people through what is known: whom an agent does not know is not there."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.customers import customers_of
from accounts.models import Organisation, User
from accounts.roles import may_edit_people
from automation.availability import resting_among
from tickets.people import known_organisations, known_people
from tickets.queries import TicketQuerySet
from tickets.views import COUNT_LIMIT, counted
from web.desk.templatetags.desk import clock

# Which tickets of somebody a page shows.
OPEN, CLOSED, ALL = "open", "closed", "all"


@dataclass(frozen=True)
class Counts:
    """Tickets as far as the reader may see them, as words: no further than the counters count."""

    open: str
    all: str


def person_or_404(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(known_people(request.user), pk=pk)


def customer_to_edit_or_404(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(customers_of(request.user), pk=pk)


def organisation_or_404(request: HttpRequest, pk: int) -> Organisation:
    return get_object_or_404(known_organisations(request.user), pk=pk)


def organisation_to_edit_or_404(request: HttpRequest, pk: int) -> Organisation:
    if not may_edit_people(request.user):
        raise Http404
    return get_object_or_404(Organisation, pk=pk)


def capped(number: int) -> str:
    return str(number) if number < COUNT_LIMIT else f"{COUNT_LIMIT - 1}+"


def counts_of(tickets: TicketQuerySet) -> Counts:
    return Counts(*(capped(number) for number in counted([tickets.open(), tickets])))


def chosen(request: HttpRequest, tickets: TicketQuerySet) -> tuple[str, TicketQuerySet]:
    """What `?show=` asks for, and those tickets."""
    show = request.GET.get("show", "")
    if show == CLOSED:
        return show, tickets.filter(closed_at__isnull=False)
    return (ALL, tickets) if show == ALL else (OPEN, tickets.open())


def clock_of(person: User) -> str:
    """The time where the person is; empty while nobody has said where that is."""
    try:
        here = timezone.now().astimezone(ZoneInfo(person.time_zone)) if person.time_zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    return clock(here) if here else ""


def absences(people: Iterable[User], resting: Container[int] | None = None) -> dict[int, str]:
    """Who of these is out of office today, and who stands in, or who takes nothing new (`resting`, their ids), as words
    by person id."""
    today = timezone.localdate()
    people = list(people)
    away = [person for person in people if person.is_away(today)]
    prefetch_related_objects(away, "substitute")
    resting = resting_among(people) if resting is None else resting
    found = {person.pk: _("takes no new tickets now") for person in people if person.pk in resting}
    return found | {person.pk: _absence(person.away_until, person.substitute) for person in away}


def _absence(until: date | None, substitute: User | None) -> str:
    words = {"day": date_format(until, "SHORT_DATE_FORMAT") if until else "", "name": substitute}
    if until and substitute:
        return _("away until %(day)s, %(name)s stands in") % words
    if substitute:
        return _("away, %(name)s stands in") % words
    return _("away until %(day)s") % words if until else _("away")


def following(request: HttpRequest, cursor: str) -> str:
    """The address of the next rows of the same list; empty when there are none."""
    if not cursor:
        return ""
    query = request.GET.copy()
    query["after"] = cursor
    return f"?{query.urlencode()}"


def page_or_part(request: HttpRequest, template: str, context: dict[str, Any], *, part: str) -> HttpResponse:
    name = f"{template}#{part}" if request.htmx and not request.htmx.history_restore_request else template
    response = render(request, name, context | {"section": "people"})
    patch_vary_headers(response, ["HX-Request"])
    return response
