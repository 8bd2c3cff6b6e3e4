"""What may be answered to the questions of effects, by their kind: checked when somebody writes them down.

`CHECKS` raise `ValidationError`. What was there then may be gone when the effect runs: `tickets.steps.Refused` then.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from automation.models import Endpoint
from core.liquid import TemplateError, render
from tickets.models import (
    FieldDefinition,
    Priority,
    Queue,
    ReplyTemplate,
    Service,
    State,
    StateType,
    Ticket,
    TicketType,
)
from tickets.wordings import examples

MAX_TEXT = 50_000
_SPAN = re.compile(r"(\d{1,5})([mhd])\Z")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=3650)


def chosen_states() -> QuerySet[State]:
    """States that may be chosen: "new" cannot be chosen again; merging and removing have their own verbs."""
    return State.objects.active().exclude(type__in=(StateType.NEW, StateType.MERGED, StateType.REMOVED))


# What may be chosen by its id, by the kind of question.
ROWS: Mapping[str, Callable[[], QuerySet]] = {
    "queue": lambda: Queue.objects.active(),
    "agent": lambda: User.objects.agents(),
    "person": lambda: User.objects.active().filter(system_key__isnull=True),
    "role": lambda: Role.objects.all(),
    "state": chosen_states,
    "closed_state": lambda: chosen_states().filter(type=StateType.CLOSED),
    "priority": lambda: Priority.objects.active(),
    "type": lambda: TicketType.objects.active(),
    "service": lambda: Service.objects.active().requestable(),
    "endpoint": lambda: Endpoint.objects.filter(is_active=True),
    "template": lambda: ReplyTemplate.objects.filter(is_active=True),
}


def span(text: str) -> timedelta:
    """ "30m", "4h" or "2d". Raises `ValidationError`."""
    found = _SPAN.match(text.strip()) if isinstance(text, str) else None
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not timedelta(0) < length <= LONGEST:
        raise ValidationError(_("Write a time such as 30m, 4h or 2d."))
    return length


def span_words(text: str) -> str:
    """ "2d" as people say it: "2 days"."""
    found = _SPAN.match(str(text).strip())
    if found is None:
        return str(text)
    number = int(found[1])
    words = {
        "m": ngettext("%(number)s minute", "%(number)s minutes", number),
        "h": ngettext("%(number)s hour", "%(number)s hours", number),
        "d": ngettext("%(number)s day", "%(number)s days", number),
    }
    return words[found[2]] % {"number": number}


def _row(kind: str) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not ROWS[kind]().filter(pk=value).exists():
            raise ValidationError(_("What was chosen does not exist any more or is no longer in use."))

    return check


def _text(value: Any) -> None:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValidationError(_("Enter a text."))


def _liquid(value: Any) -> None:
    _text(value)
    try:
        render(value, examples())
    except TemplateError as error:
        raise ValidationError(_("The text cannot be read: %(error)s") % {"error": error}) from error


def _tags(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag.strip() for tag in value):
        raise ValidationError(_("Tags are a list of texts."))


def _fields(value: Any) -> None:
    if not isinstance(value, Mapping):
        raise ValidationError(_("Choose a field."))
    known = set(FieldDefinition.objects.filter(is_active=True, key__in=list(value)).values_list("key", flat=True))
    if set(value) - known:
        raise ValidationError(_("There is no field with this key."))


def _number(value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValidationError(_("Enter a number."))


def _span(value: Any) -> None:
    span(value)


def _ticket(value: Any) -> None:
    if not Ticket.objects.filter(number=str(value)).exists():
        raise ValidationError(_("There is no ticket with this number."))


CHECKS: Mapping[str, Callable[[Any], None]] = {
    **{kind: _row(kind) for kind in ROWS},
    "text": _text,
    "line": _text,
    "liquid": _liquid,
    "tags": _tags,
    "fields": _fields,
    "number": _number,
    "span": _span,
    "ticket": _ticket,
}
