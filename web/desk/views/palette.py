"""What the command palette finds on the server: tickets, people, organisations, places; nothing typed: recent tickets.

Commands of the page itself are found by static/js/cmd-palette.js. A first character narrows: # tickets, @ people, and
> commands and places. Each group is one bounded query through what the agent may see.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.finding import BY_NAME, by_name, organisations_with, people_with
from accounts.models import User
from core.text import fold
from tickets.models import Ticket
from tickets.people import known_organisations, known_people
from tickets.search import MAX_QUERY, beginning, search, ticket_with_number
from web.common.access import staff_required
from web.desk.recent import recent
from web.desk.side import side_of

FOUND = 6
FEWER = 4
# Shorter words begin nearly everything.
SHORTEST = 2

_WORD = re.compile(r"\w+")

Group = dict[str, Any]


@require_safe
@staff_required
def palette(request: HttpRequest) -> HttpResponse:
    """An administrator who works no tickets finds settings alone."""
    typed = request.GET.get("q", "").strip()[:MAX_QUERY]
    scope = typed[:1] if typed[:1] in ("#", "@", ">") else ""
    words = typed if scope == "#" else typed.removeprefix(scope).strip()
    finds = _SCOPES[scope] if request.user.is_agent else _SCOPES_WITHOUT_TICKETS.get(scope, [])
    groups = [group for find in finds for group in find(request.user, words)]
    if not words and scope != ">" and request.user.is_agent:
        groups.insert(0, {"label": _("Recent tickets"), "items": [_ticket(ticket) for ticket in recent(request)]})
    return render(request, "components/palette_items.html", {"groups": [group for group in groups if group["items"]]})


def _tickets(user: User, words: str) -> list[Group]:
    return [{"label": _("Tickets"), "items": [_ticket(ticket) for ticket in _found(user, words)]}]


def _found(user: User, words: str) -> list[Ticket]:
    named = ticket_with_number(words, user)
    if named is not None:
        return [named]
    if len(words.strip("#")) < SHORTEST:
        return []
    found = search(words.lstrip("#"), user).select_related("state", "customer").order_by("-changed_at", "-id")
    starts = {beginning(word) for word in _WORD.findall(fold(words))}
    return sorted(found[:FOUND], key=lambda ticket: -_in_title(ticket, starts))


def _in_title(ticket: Ticket, starts: set[str]) -> int:
    """How many of the words begin one of the title: those tickets come first, among themselves as they were."""
    title = _WORD.findall(fold(ticket.title))
    return sum(any(word.startswith(start) for word in title) for start in starts)


def _ticket(ticket: Ticket) -> dict[str, Any]:
    url = reverse("desk:ticket", args=[ticket.number])
    return {"label": ticket.title, "url": url, "hint": f"#{ticket.number}", "state": ticket.state}


def _people(user: User, words: str) -> list[Group]:
    if len(words) < SHORTEST:
        return []
    people = _first(people_with(known_people(user).filter(is_active=True), words), FOUND)
    organisations = _first(organisations_with(known_organisations(user), words), FEWER)
    return [
        {"label": _("People"), "items": [_person(person) for person in people]},
        {"label": _("Organisations"), "items": [_organisation(row) for row in organisations]},
    ]


def _first(rows: QuerySet, number: int) -> list[Any]:
    return list(by_name(rows).order_by(*BY_NAME)[:number])


def _person(person: User) -> dict[str, Any]:
    url = reverse("desk:person_page", args=[person.pk])
    return {"label": str(person), "url": url, "hint": person.email, "person": person}


def _organisation(row: Any) -> dict[str, Any]:
    return {"label": row.name, "url": reverse("desk:organisation", args=[row.pk]), "hint": "", "icon": "building"}


def _places(user: User, words: str) -> list[Group]:
    """Views and queues hold all the words."""
    wanted = fold(words).split()
    found = [entry for entry in side_of(user).all if all(word in fold(str(entry.label)) for word in wanted)]
    items = [{"label": entry.label, "url": entry.url, "icon": entry.icon or "layers"} for entry in found[:FOUND]]
    return [{"label": _("Views and queues"), "items": items}]


def _of_others(user: User, words: str) -> list[Group]:
    """What other doors add."""
    found = [source(user, words) for source in _more()]
    return [group for group in found if group]


@cache
def _more() -> list[Callable[[User, str], Group | None]]:
    return [import_string(name) for name in settings.PALETTE_GROUPS]


_SCOPES: dict[str, list[Callable[[User, str], list[Group]]]] = {
    "": [_tickets, _people, _places, _of_others],
    "#": [_tickets],
    "@": [_people],
    ">": [_places, _of_others],
}
_SCOPES_WITHOUT_TICKETS = {"": [_of_others], ">": [_of_others]}
