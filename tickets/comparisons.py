"""How a field of a ticket is compared, by its kind: once for the database, once for one ticket.

Both answers of a comparison are equal (a property test proves it), and both know no "unknown": what is empty answers
no, so that a negation answers yes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from tickets.models import Ticket


@dataclass(frozen=True)
class Field:
    """A field that conditions may ask for: its path in the database, its kind, and its value on a ticket.

    Fields that are no column bring `among`: the tickets where one of these values is among the field's.
    """

    path: str
    kind: str
    value: Callable[[Ticket], Any]
    among: Callable[[list[Any] | None], Q] | None = None


OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("is", "in", "contains", "empty"),
    "row": ("is", "in", "empty"),  # by id (a number) or by name (a text)
    "choice": ("is", "in"),
    "time": ("before", "after", "empty"),
    "list": ("contains", "empty"),
    "flag": ("is",),
    "number": ("is", "in", "above", "below", "empty"),
    "people": ("is", "in", "empty"),  # by id
    "words": ("contains",),
    # values of custom fields, below a key of a JSON column
    "custom_text": ("is", "in", "contains", "empty"),
    "custom_list": ("contains", "empty"),
    "custom_flag": ("is",),
    "custom_number": ("is", "in", "above", "below", "empty"),
    "custom_date": ("is", "before", "after", "empty"),
}


def to_q(field: Field, operator: str, operand: Any) -> Q:
    """The comparison for the database; `operand` has been checked and made ready (tickets/conditions.py)."""
    if field.among:
        return _q_among(field, operator, operand)
    if field.kind.startswith("custom"):
        return _CUSTOM_Q[operator](field, operand)
    return _Q[operator](field, operand)


def holds(field: Field, ticket: Ticket, operator: str, operand: Any) -> bool:
    """The comparison for one ticket."""
    return compare(field, field.value(ticket), operator, operand)


def compare(field: Field, value: Any, operator: str, operand: Any) -> bool:
    """The comparison for a value of the field."""
    return _HOLDS[operator](field, value, operand)


# ---- for the database


def _present(field: Field) -> Q:
    return Q(**{f"{field.path}__isnull": False})


# Rows that a condition calls by something else than their name.
_NAMED_BY = {"queue": "path", "service": "path", "owner": "email", "responsible": "email", "customer": "email"}


def _row_q(field: Field, values: list[Any]) -> Q:
    ids = [v for v in values if isinstance(v, int)]
    names = [v for v in values if isinstance(v, str)]
    name_path = _NAMED_BY.get(field.path, "name")
    # by id alone there is nothing to join
    by_id, by_name = Q(**{f"{field.path}_id__in": ids}), Q(**{f"{field.path}__{name_path}__in": names})
    return by_id | by_name if names else by_id


def _q_in(field: Field, values: list[Any]) -> Q:
    if field.kind == "row":
        return _row_q(field, values) & _present(field)
    if field.kind == "flag":
        return Q(**{f"{field.path}__in": [bool(v) for v in values]})
    if field.kind == "number":
        return Q(**{f"{field.path}__in": _numbers(values)}) & _present(field)
    return Q(**{f"{field.path}__in": [str(v) for v in values]}) & _present(field)


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


def _q_below(field: Field, value: Any) -> Q:
    return _present(field) & Q(**{f"{field.path}__lt": value})


def _q_above(field: Field, value: Any) -> Q:
    return _present(field) & Q(**{f"{field.path}__gt": value})


def _q_among(field: Field, operator: str, operand: Any) -> Q:
    assert field.among is not None
    if operator == "empty":
        return ~field.among(None)
    return field.among(operand if operator == "in" else [operand])


_Q: Mapping[str, Callable[[Field, Any], Q]] = {
    "is": lambda field, value: _q_in(field, [value]),
    "in": _q_in,
    "contains": _q_contains,
    "empty": _q_empty,
    "before": _q_below,
    "below": _q_below,
    "after": _q_above,
    "above": _q_above,
}


def _key(field: Field) -> str:
    return field.path.partition("__")[2]


def _has(field: Field) -> Q:
    return Q(custom_fields__has_key=_key(field))


def _custom_in(field: Field, values: list[Any]) -> Q:
    """By containment, which one index answers for all fields."""
    found = Q(pk__in=[])
    for value in _custom_values(field, values):
        found |= Q(custom_fields__contains={_key(field): value})
    return found


def _custom_contains(field: Field, value: Any) -> Q:
    if field.kind == "custom_list":
        return Q(custom_fields__contains={_key(field): [str(value)]})
    return _has(field) & Q(**{f"{field.path}__icontains": str(value)})


_CUSTOM_Q: Mapping[str, Callable[[Field, Any], Q]] = {
    "is": lambda field, value: _custom_in(field, [value]),
    "in": _custom_in,
    "contains": _custom_contains,
    "empty": lambda field, _value: ~_has(field),
    "before": lambda field, moment: _has(field) & Q(**{f"{field.path}__lt": _day(moment)}),
    "after": lambda field, moment: _has(field) & Q(**{f"{field.path}__gt": _day(moment)}),
    "below": lambda field, value: _has(field) & Q(**{f"{field.path}__lt": value}),
    "above": lambda field, value: _has(field) & Q(**{f"{field.path}__gt": value}),
}


# ---- for one ticket


def _in(field: Field, value: Any, values: list[Any]) -> bool:
    if field.kind == "row":
        return _is_row(value, values)
    if field.kind == "flag":
        return value in [bool(v) for v in values]
    if field.kind == "people":
        return any(v in value for v in values)
    if field.kind.startswith("custom"):
        return any(_same(value, v) for v in _custom_values(field, values))
    if field.kind == "number":
        return value in _numbers(values)
    return value is not None and value in [str(v) for v in values]


def _is_row(row: Any, values: list[Any]) -> bool:
    if row is None:
        return False
    name = row.email if isinstance(row, User) else str(row)
    return any(v == row.pk if isinstance(v, int) else v == name for v in values)


def _contains(field: Field, value: Any, wanted: Any) -> bool:
    if field.kind == "words":
        return bool(value(wanted))
    if field.kind in ("list", "custom_list"):
        return str(wanted) in (value or [])
    return value is not None and str(wanted).upper() in value.upper()


def _before(field: Field, value: Any, moment: Any) -> bool:
    return value is not None and value < (_day(moment) if field.kind == "custom_date" else moment)


def _after(field: Field, value: Any, moment: Any) -> bool:
    return value is not None and value > (_day(moment) if field.kind == "custom_date" else moment)


_HOLDS: Mapping[str, Callable[[Field, Any, Any], bool]] = {
    "is": lambda field, value, wanted: _in(field, value, [wanted]),
    "in": _in,
    "contains": _contains,
    "empty": lambda _field, value, _wanted: value in (None, "", []),
    "before": _before,
    "after": _after,
    "below": lambda _field, value, limit: value is not None and value < limit,
    "above": lambda _field, value, limit: value is not None and value > limit,
}


# ---- for both


def _numbers(values: list[Any]) -> list[Any]:
    return [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]


def _custom_values(field: Field, values: list[Any]) -> list[Any]:
    """As they are stored: canonical (tickets/customfields.py)."""
    if field.kind == "custom_flag":
        return [bool(v) for v in values]
    if field.kind == "custom_number":
        return _numbers(values)
    return [str(v) for v in values]


def _same(stored: Any, wanted: Any) -> bool:
    return stored is not None and isinstance(stored, bool) == isinstance(wanted, bool) and stored == wanted


def _day(moment: datetime) -> str:
    return date.isoformat(moment.date())
