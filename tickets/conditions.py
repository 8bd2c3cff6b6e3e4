"""The one condition language: JSON in, and either a `Q` for the database or an answer for one ticket out.

    {"all": [{"field": "state.type", "is": "open"}, {"any": [...]}, {"not": {...}}]}

A leaf names a field (settings.CONDITION_FIELDS, or `field.KEY` for a custom field) and exactly one operator of its kind
(tickets/comparisons.py): `is`, `in`, `contains`, `before`, `after`, `above`, `below`, `empty`. Null counts as empty; a
negation includes it. `{"me": true}` and `{"now": "-7d"}` as values stand for the viewer and for a time seen from now,
`{"today": "+1d"}` for a time seen from the beginning of the viewer's day.
Both readings of a condition are proven equal by a property test.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from core.clock import in_utc, now
from tickets import comparisons
from tickets.comparisons import OPERATORS, Field
from tickets.customfields import custom_field_now, custom_fields
from tickets.models import Ticket

MAX_DEPTH = 10
MAX_LEAVES = 100
_SPAN = re.compile(r"([+-])(\d{1,5})([mhd])\Z")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


# Checks one comparison, and raises `ConditionError`.
Leaf = Callable[[Mapping[str, Any]], object]


class ConditionError(ValueError):
    """The condition cannot be read; the message says where and why, in the reader's language."""


@dataclass(frozen=True)
class Viewer:
    """Who asks and when: what "me" and "now" mean."""

    me: User | None
    now: datetime


# Whether a value of a field, seen by somebody, is what is looked for.
Test = Callable[[Any, Viewer], bool]


def viewer(user: User | None) -> Viewer:
    return Viewer(user, now())


def to_q(condition: Mapping[str, Any], seen_by: Viewer) -> Q:
    """The condition for the database. Raises `ConditionError`."""
    check(condition)
    return _to_q(condition, seen_by)


def matches(ticket: Ticket, condition: Mapping[str, Any], seen_by: Viewer) -> bool:
    """Whether one ticket fulfils the condition; agrees with `to_q`. Raises `ConditionError`."""
    check(condition)
    return _matches(ticket, condition, seen_by)


def check(condition: Any, *, leaf: Leaf | None = None) -> None:
    """Raise `ConditionError` unless the condition can be read, is not too deep and not too long.

    `leaf` checks one comparison, where there are other ones than those of tickets: what only an event knows can be
    asked for by rules, and is refused everywhere else (decision 22).
    """
    if _count(condition, depth=0, leaf=leaf or _leaf) > MAX_LEAVES:
        raise ConditionError(_("The condition is too long."))


def comparison(node: Mapping[str, Any]) -> tuple[Field, Test]:
    """One comparison, read once to be made often: the field, and the test of its values. Raises `ConditionError`."""
    field, operator, operand = _leaf(node)
    if operator in ("before", "after") or isinstance(operand, Mapping) or _has_viewer(operand):
        return field, lambda value, seen_by: comparisons.compare(
            field, value, operator, _operand(field, operator, operand, seen_by)
        )
    return field, lambda value, _seen_by: comparisons.compare(field, value, operator, operand)


def known_fields() -> Mapping[str, Field]:
    """All fields that conditions may name: those of the lists that the settings give, and the custom fields."""
    return {**_own_fields(), **custom_fields()}


def field_named(name: str) -> Field | None:
    """The field of this name, also one that was made just now and that others do not remember yet."""
    return _own_fields().get(name) or custom_fields().get(name) or custom_field_now(name)


@cache
def _own_fields() -> Mapping[str, Field]:
    fields: dict[str, Field] = {}
    for source in settings.CONDITION_FIELDS:
        fields |= import_string(source)
    return fields


def _has_viewer(operand: Any) -> bool:
    return isinstance(operand, list) and any(isinstance(item, Mapping) for item in operand)


def _count(node: Any, *, depth: int, leaf: Leaf) -> int:
    if depth > MAX_DEPTH:
        raise ConditionError(_("The condition is nested too deeply."))
    if not isinstance(node, Mapping) or not node:
        raise ConditionError(_("A condition is a group or a comparison."))
    for word in ("all", "any"):
        if word in node:
            if len(node) != 1 or not isinstance(node[word], list):
                raise ConditionError(_("“%(word)s” holds a list of conditions and nothing else.") % {"word": word})
            return sum(_count(part, depth=depth + 1, leaf=leaf) for part in node[word])
    if "not" in node:
        if len(node) != 1:
            raise ConditionError(_("“%(word)s” holds one condition and nothing else.") % {"word": "not"})
        return _count(node["not"], depth=depth + 1, leaf=leaf)
    leaf(node)
    return 1


def _leaf(node: Mapping[str, Any]) -> tuple[Field, str, Any]:
    name = node.get("field")
    field = field_named(name) if isinstance(name, str) else None
    if field is None:
        raise ConditionError(_("There is no field “%(name)s”.") % {"name": name})
    operators = [word for word in node if word != "field"]
    if len(operators) != 1 or operators[0] not in OPERATORS[field.kind]:
        words = {"field": name, "operators": ", ".join(OPERATORS[field.kind])}
        raise ConditionError(_("“%(field)s” can be compared by: %(operators)s.") % words)
    _check_operand(operators[0], node[operators[0]])
    return field, operators[0], node[operators[0]]


def _check_operand(operator: str, operand: Any) -> None:
    if operator == "in":
        if not isinstance(operand, list):
            raise ConditionError(_("“%(word)s” takes a list.") % {"word": "in"})
        for item in operand:
            _check_operand("is", item)
    elif operator == "empty":
        if operand is not True:
            raise ConditionError(_("“empty” takes true; for the opposite use “not”."))
    elif operator in ("before", "after"):
        if not isinstance(operand, str | Mapping):
            raise ConditionError(_('A time is ISO 8601, {"now": "-7d"} or {"today": "+0d"}.'))
        _time(operand, Viewer(None, now()))
    elif operator in ("above", "below"):
        if not isinstance(operand, int | float) or isinstance(operand, bool):
            raise ConditionError(_("“above” and “below” take a number."))
    elif isinstance(operand, Mapping):
        if operand != {"me": True}:
            raise ConditionError(_('The only such value is {"me": true}.'))
    elif not isinstance(operand, str | int | float | bool):
        raise ConditionError(_("A value is a text, a number, or true or false."))


def _to_q(node: Mapping[str, Any], seen_by: Viewer) -> Q:
    if "all" in node:
        return _join(node["all"], Q.AND, seen_by)
    if "any" in node:
        return _join(node["any"], Q.OR, seen_by)
    if "not" in node:
        return ~_to_q(node["not"], seen_by)
    field, operator, operand = _leaf(node)
    return comparisons.to_q(field, operator, _operand(field, operator, operand, seen_by))


def _join(parts: list[Any], connector: str, seen_by: Viewer) -> Q:
    """An empty “any” is never true, an empty “all” always; an empty `Q` would not survive a negation."""
    nothing = Q(pk__in=[])
    if not parts:
        return nothing if connector == Q.OR else ~nothing
    return Q(*(_to_q(part, seen_by) for part in parts), _connector=connector)


def _matches(ticket: Ticket, node: Mapping[str, Any], seen_by: Viewer) -> bool:
    if "all" in node:
        return all(_matches(ticket, part, seen_by) for part in node["all"])
    if "any" in node:
        return any(_matches(ticket, part, seen_by) for part in node["any"])
    if "not" in node:
        return not _matches(ticket, node["not"], seen_by)
    field, operator, operand = _leaf(node)
    return comparisons.holds(field, ticket, operator, _operand(field, operator, operand, seen_by))


def _operand(field: Field, operator: str, operand: Any, seen_by: Viewer) -> Any:
    """The value to compare with: "me" and "now" filled in."""
    if operator in ("before", "after"):
        return _time(operand, seen_by)
    if operator == "in":
        return [_operand(field, "is", item, seen_by) for item in operand]
    if isinstance(operand, Mapping):
        return seen_by.me.pk if seen_by.me else 0
    return operand


def _time(operand: Any, seen_by: Viewer) -> datetime:
    if isinstance(operand, Mapping):
        ((origin, text),) = operand.items() if len(operand) == 1 else [("", "")]
        span = _SPAN.match(str(text)) if origin in ("now", "today") else None
        if not span:
            raise ConditionError(_("A time seen from now or today is like “-7d”, “+2h”, “-30m”."))
        sign, number, unit = span.groups()
        start = seen_by.now if origin == "now" else _morning(seen_by.now)
        return start + timedelta(**{_UNITS[unit]: int(sign + number)})
    try:
        moment = datetime.fromisoformat(operand)
    except ValueError as error:
        raise ConditionError(_("A time is ISO 8601.")) from error
    return in_utc(moment if moment.tzinfo else timezone.make_aware(moment))


def _morning(moment: datetime) -> datetime:
    """The beginning of the day in the zone of whoever looks."""
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
