"""The one condition language: JSON in, and either a `Q` for the database or an answer for one ticket out.

    {"all": [{"field": "state.type", "is": "open"}, {"any": [...]}, {"not": {...}}]}

A leaf names a field (settings.CONDITION_FIELDS) and exactly one operator: `is`, `in`, `contains`, `before`, `after`,
`empty`. Null counts as empty; a negation includes it. `{"me": true}` and `{"now": "-7d"}` as values stand for the
viewer and for a time seen from now. Both readings of a condition are proven equal by a property test.
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

from accounts.models import User
from core.clock import now
from tickets.models import Ticket

MAX_DEPTH = 10
MAX_LEAVES = 100
_SPAN = re.compile(r"([+-])(\d{1,5})([mhd])\Z")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class ConditionError(ValueError):
    """The condition cannot be read; the message says where and why."""


@dataclass(frozen=True)
class Field:
    """A field that conditions may ask for: its path in the database, its kind, and its value on a ticket."""

    path: str
    kind: str  # "text", "row" (by id or name), "choice", "time", "list", "flag"
    value: Callable[[Ticket], Any]


@dataclass(frozen=True)
class Viewer:
    """Who asks and when: what "me" and "now" mean."""

    me: User | None
    now: datetime


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


def check(condition: Any) -> None:
    """Raise `ConditionError` unless the condition can be read, is not too deep and not too long."""
    if _count(condition, depth=0) > MAX_LEAVES:
        raise ConditionError("The condition is too long.")


@cache
def known_fields() -> Mapping[str, Field]:
    """All fields that conditions may name, from the lists that the settings give."""
    fields: dict[str, Field] = {}
    for source in settings.CONDITION_FIELDS:
        fields |= import_string(source)
    return fields


def _count(node: Any, *, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise ConditionError("The condition is nested too deeply.")
    if not isinstance(node, Mapping) or not node:
        raise ConditionError("A condition is a group or a comparison.")
    for word in ("all", "any"):
        if word in node:
            if len(node) != 1 or not isinstance(node[word], list):
                raise ConditionError(f"“{word}” holds a list of conditions and nothing else.")
            return sum(_count(part, depth=depth + 1) for part in node[word])
    if "not" in node:
        if len(node) != 1:
            raise ConditionError("“not” holds one condition and nothing else.")
        return _count(node["not"], depth=depth + 1)
    _leaf(node)
    return 1


def _leaf(node: Mapping[str, Any]) -> tuple[Field, str, Any]:
    name = node.get("field")
    if not isinstance(name, str) or name not in known_fields():
        raise ConditionError(f"There is no field “{name}”.")
    operators = [word for word in node if word != "field"]
    field = known_fields()[name]
    if len(operators) != 1 or operators[0] not in _OPERATORS[field.kind]:
        raise ConditionError(f"“{name}” can be compared by: {', '.join(_OPERATORS[field.kind])}.")
    _check_operand(operators[0], node[operators[0]])
    return field, operators[0], node[operators[0]]


_OPERATORS = {
    "text": ("is", "in", "contains", "empty"),
    "row": ("is", "in", "empty"),
    "choice": ("is", "in"),
    "time": ("before", "after", "empty"),
    "list": ("contains", "empty"),
    "flag": ("is",),
}


def _check_operand(operator: str, operand: Any) -> None:
    if operator == "in":
        if not isinstance(operand, list):
            raise ConditionError("“in” takes a list.")
        for item in operand:
            _check_operand("is", item)
    elif operator == "empty":
        if operand is not True:
            raise ConditionError("“empty” takes true; for the opposite use “not”.")
    elif operator in ("before", "after"):
        if not isinstance(operand, str | Mapping):
            raise ConditionError("A time is ISO 8601, or {“now”: “-7d”}.")
        _time(operand, Viewer(None, now()))
    elif isinstance(operand, Mapping):
        if operand != {"me": True}:
            raise ConditionError("The only such value is {“me”: true}.")
    elif not isinstance(operand, str | int | bool):
        raise ConditionError("A value is a text, a number, or true or false.")


def _to_q(node: Mapping[str, Any], seen_by: Viewer) -> Q:
    if "all" in node:
        return _join(node["all"], Q.AND, seen_by)
    if "any" in node:
        return _join(node["any"], Q.OR, seen_by)
    if "not" in node:
        return ~_to_q(node["not"], seen_by)
    field, operator, operand = _leaf(node)
    return _COMPARE_Q[operator](field, _operand(field, operator, operand, seen_by))


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
    return _COMPARE[operator](field, field.value(ticket), _operand(field, operator, operand, seen_by))


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
        span = _SPAN.match(str(operand.get("now"))) if set(operand) == {"now"} else None
        if not span:
            raise ConditionError("A time seen from now is like “-7d”, “+2h”, “-30m”.")
        sign, number, unit = span.groups()
        return seen_by.now + timedelta(**{_UNITS[unit]: int(sign + number)})
    try:
        moment = datetime.fromisoformat(operand)
    except ValueError as error:
        raise ConditionError("A time is ISO 8601.") from error
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _row_q(field: Field, values: list[Any]) -> Q:
    """Rows are meant by id (a number) or by name (a text)."""
    ids = [v for v in values if isinstance(v, int)]
    names = [v for v in values if isinstance(v, str)]
    name_path = {"queue": "path", "owner": "email", "responsible": "email", "customer": "email"}.get(field.path, "name")
    return Q(**{f"{field.path}_id__in": ids}) | Q(**{f"{field.path}__{name_path}__in": names})


def _is_row(row: Any, values: list[Any]) -> bool:
    if row is None:
        return False
    name = row.email if isinstance(row, User) else str(row)
    return any(v == row.pk if isinstance(v, int) else v == name for v in values)


def _q_in(field: Field, values: list[Any]) -> Q:
    if field.kind == "row":
        found = _row_q(field, values)
        return found & Q(**{f"{field.path}__isnull": False})
    if field.kind == "flag":
        return Q(**{f"{field.path}__in": [bool(v) for v in values]})
    return Q(**{f"{field.path}__in": [str(v) for v in values]}) & Q(**{f"{field.path}__isnull": False})


def _q_contains(field: Field, value: Any) -> Q:
    if field.kind == "list":
        return Q(**{f"{field.path}__contains": [str(value)]})
    return Q(**{f"{field.path}__icontains": str(value)})


def _q_empty(field: Field, _value: Any) -> Q:
    nothing = Q(**{f"{field.path}__isnull": True})
    if field.kind == "text":
        return nothing | Q(**{field.path: ""})
    if field.kind == "list":
        return nothing | Q(**{f"{field.path}__len": 0}) | Q(**{field.path: []})
    return nothing


def _q_before(field: Field, moment: datetime) -> Q:
    return Q(**{f"{field.path}__isnull": False}) & Q(**{f"{field.path}__lt": moment})


def _q_after(field: Field, moment: datetime) -> Q:
    return Q(**{f"{field.path}__isnull": False}) & Q(**{f"{field.path}__gt": moment})


def _in(field: Field, value: Any, values: list[Any]) -> bool:
    if field.kind == "row":
        return _is_row(value, values)
    if field.kind == "flag":
        return value in [bool(v) for v in values]
    return value is not None and value in [str(v) for v in values]


def _contains(field: Field, value: Any, wanted: Any) -> bool:
    if field.kind == "list":
        return str(wanted) in value
    return str(wanted).upper() in (value or "").upper()


_COMPARE_Q: dict[str, Callable[[Field, Any], Q]] = {
    "is": lambda field, value: _q_in(field, [value]),
    "in": _q_in,
    "contains": _q_contains,
    "empty": _q_empty,
    "before": _q_before,
    "after": _q_after,
}
_COMPARE: dict[str, Callable[[Field, Any, Any], bool]] = {
    "is": lambda field, value, wanted: _in(field, value, [wanted]),
    "in": _in,
    "contains": _contains,
    "empty": lambda _field, value, _wanted: value in (None, "", []),
    "before": lambda _field, value, moment: value is not None and value < moment,
    "after": lambda _field, value, moment: value is not None and value > moment,
}
