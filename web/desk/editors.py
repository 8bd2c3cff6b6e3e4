"""Choosing a property: in a popover beside it, or on a page of its own where no script runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.models import User
from tickets.models import Priority, Queue, Service, State, Ticket
from web.desk.people import absences


@dataclass(frozen=True)
class Editor:
    """`name` is that of the address and of the choice; `key` names a custom field."""

    name: str
    label: str
    groups: Sequence[dict[str, Any]] = ()
    form: forms.Form | None = None
    key: str = ""
    # The field of the form that takes several values, and values it suggests.
    tokens: str = ""
    known: Sequence[str] = ()


def editor(request: HttpRequest, ticket: Ticket, shown: Editor) -> HttpResponse:
    """The popover's content, or the page; 422 with the errors of its form."""
    url = reverse(f"desk:{shown.name}", args=[ticket.number, *([shown.key] if shown.key else [])])
    failed = shown.form is not None and bool(shown.form.errors)
    template = "desk/edit.html#editor" if request.htmx else "desk/edit.html"
    context = {"ticket": ticket, "editor": shown, "url": url, "section": "tickets"}
    response = render(request, template, context, status=422 if failed else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def choices_of_people(people: Iterable[User], current: User | None, *, me: User) -> list[dict[str, Any]]:
    """Whoever has it now and oneself first, then the others by name; and nobody."""
    people = list(people)
    first = [person for person in people if person in (current, me)]
    first.sort(key=lambda person: person != current)
    others = [person for person in people if person not in first]
    away = absences(people)
    nobody = {"value": "", "label": _("Nobody"), "nobody": True, "current": current is None}
    return [
        {"options": [*(_person(person, current, me, away) for person in first), nobody]},
        {"options": [_person(person, current, me, away) for person in others]},
    ]


def choices_of_rows(rows: Iterable[Model], current: Model | None) -> list[dict[str, Any]]:
    return [{"options": [_row(row, current) for row in rows]}]


def choices_with_none(rows: Iterable[Model], current: Model | None, *, none: str) -> list[dict[str, Any]]:
    """The same, and that there is none, which comes first."""
    nothing = {"value": "", "label": none, "current": current is None}
    return [{"options": [nothing, *(_row(row, current) for row in rows)]}]


def _person(person: User, current: User | None, me: User, away: Mapping[int, str]) -> dict[str, Any]:
    label = _("%(name)s (you)") % {"name": person} if person == me else str(person)
    hint = away.get(person.pk, "")
    return {"value": person.pk, "label": label, "person": person, "hint": hint, "current": person == current}


def _row(row: Model, current: Model | None) -> dict[str, Any]:
    """Names of stock rows are translated; a queue is called what people called it."""
    label = row.place if isinstance(row, Queue | Service) else _(str(row))
    option: dict[str, Any] = {"value": row.pk, "label": label, "current": row == current}
    if isinstance(row, State):
        option["state"] = row
    elif isinstance(row, Priority):
        option["level"] = row
    return option
