"""When a rule's effects are done: the condition language of tickets (tickets/conditions.py), and on top of it what only
an event knows. Views refuse the latter (decision 22).

    {"field": "state", "changed": true}          {"field": "priority", "changed_to": 5}
    {"field": "owner", "changed_from": 12}       {"field": "tags", "changed_to": "vip"}   (the tag was added)
    {"field": "article.text", "contains": "outage"}    {"field": "title", "matches": "^Order \\d+"}
    {"field": "event.in_hours", "is": true}      {"field": "event.by", "is": "customer"}

A condition is read once into a tree of tests. `holds` stops as soon as it is sure; `outcome` tells of every part.
Nothing is ever unknown: what an event does not have is empty, and its negation holds.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from automation.moments import EVENT_FIELDS, Moment, state_types
from core.expressions import BadExpression, compiled
from tickets import comparisons
from tickets.comparisons import OPERATORS, Field
from tickets.conditions import ConditionError, check, comparison, field_named

Outcome = dict[str, Any]

CHANGED, CHANGED_FROM, CHANGED_TO, MATCHES = "changed", "changed_from", "changed_to", "matches"
ONLY_EVENTS = (CHANGED, CHANGED_FROM, CHANGED_TO)
_SET_OPERATORS = ("is", "in")
# Fields of tickets of which events tell what they were, by the name that events have for them.
TOLD: Mapping[str, str] = {
    "title": "title",
    "queue": "queue",
    "type": "type",
    "service": "service",
    "state": "state",
    "state.type": "state",
    "priority": "priority",
    "owner": "owner",
    "responsible": "responsible",
    "customer": "customer",
    "organisation": "organisation",
    "tags": "tags",
    "impact": "impact",
    "urgency": "urgency",
    "pending": "pending_until",
    "locked": "is_locked",
    "time_spent": "time_spent",
    "sla": "sla",
}
_TEXTS = ("text", "custom_text")


@dataclass(frozen=True)
class Node:
    """A part of a condition. `data` is how it was written; of a group `parts` are its parts, of a comparison `test`."""

    word: str
    data: Mapping[str, Any]
    parts: "tuple[Node, ...]" = ()
    test: Callable[[Moment], bool] | None = None


ALWAYS = Node("all", {"all": []})


def check_condition(condition: Any) -> None:
    """Raise `ConditionError` unless a rule can have this condition; an empty one holds always."""
    if condition:
        check(condition, leaf=_test_of)


def read(condition: Mapping[str, Any]) -> Node:
    """The condition, ready to be asked often. Raises `ConditionError`."""
    if not condition:
        return ALWAYS
    check_condition(condition)
    return _read(condition)


def holds(node: Node, moment: Moment) -> bool:
    if node.test is not None:
        return node.test(moment)
    if node.word == "all":
        return all(holds(part, moment) for part in node.parts)
    if node.word == "any":
        return any(holds(part, moment) for part in node.parts)
    return not holds(node.parts[0], moment)


def outcome(node: Node, moment: Moment) -> Outcome:
    """Every part as it was written, with whether it held: `{"all": [...], "held": true}`."""
    if node.test is not None:
        return {**node.data, "held": node.test(moment)}
    parts = [outcome(part, moment) for part in node.parts]
    held = [part["held"] for part in parts]
    if node.word == "not":
        return {"not": parts[0], "held": not held[0]}
    return {node.word: parts, "held": all(held) if node.word == "all" else any(held)}


def operators_of(name: str) -> Sequence[str]:
    """What a field can be asked in a rule, for editors; empty for one that is not there."""
    if name in EVENT_FIELDS:
        kind = EVENT_FIELDS[name].kind
        return _SET_OPERATORS if kind == "set" else (*OPERATORS[kind], *([MATCHES] if kind in _TEXTS else ()))
    known = field_named(name)
    if known is None:
        return ()
    more = ONLY_EVENTS if _told_as(name) else ()
    return (*OPERATORS[known.kind], *([MATCHES] if known.kind in _TEXTS else ()), *more)


def _read(data: Mapping[str, Any]) -> Node:
    for word in ("all", "any"):
        if word in data:
            return Node(word, data, tuple(_read(part) for part in data[word]))
    if "not" in data:
        return Node("not", data, (_read(data["not"]),))
    return Node("leaf", data, test=_test_of(data))


def _test_of(data: Mapping[str, Any]) -> Callable[[Moment], bool]:
    """One comparison as a test. Raises `ConditionError`."""
    name = data.get("field")
    operators = [word for word in data if word != "field"]
    operator = operators[0] if len(operators) == 1 else ""
    if isinstance(name, str) and (operator in ONLY_EVENTS or operator == MATCHES or name in EVENT_FIELDS):
        if operator not in operators_of(name):
            words = {"field": name, "operators": ", ".join(operators_of(name))}
            raise ConditionError(_("“%(field)s” can be compared by: %(operators)s.") % words)
        if operator == MATCHES:
            return _matching(name, data[operator])
        if name in EVENT_FIELDS:
            return _of_event(name, operator, data[operator])
        return _changed(name, operator, data[operator])
    known, test = comparison(data)
    assert isinstance(name, str)
    return lambda moment: test(moment.value(name, known), moment.viewer)


def _of_event(name: str, operator: str, operand: Any) -> Callable[[Moment], bool]:
    known = EVENT_FIELDS[name]
    if known.kind == "set":
        wanted = frozenset(operand if isinstance(operand, list) else [operand])
        if not all(isinstance(item, str) for item in wanted):
            raise ConditionError(_("A value is a text, a number, or true or false."))
        return lambda moment: not wanted.isdisjoint(moment.own(name))
    like = Field("", known.kind, lambda _ticket: None)
    # the operand is checked as that of a field of tickets of this kind
    stand_in = {"text": "title", "row": "owner", "choice": "channel", "flag": "locked", "number": "impact"}[known.kind]
    _field, _test = comparison({"field": stand_in, operator: operand})
    if _names_viewer(operand):
        return lambda moment: _test(moment.own(name), moment.viewer)
    return lambda moment: comparisons.compare(like, moment.own(name), operator, operand)


def _names_viewer(operand: Any) -> bool:
    return isinstance(operand, Mapping) or (isinstance(operand, list) and any(isinstance(i, Mapping) for i in operand))


def _matching(name: str, expression: Any) -> Callable[[Moment], bool]:
    """One that takes too long counts as if it had found nothing, as in filters of mail (T64)."""
    try:
        pattern = compiled(str(expression))
    except BadExpression as error:
        words = {"expression": str(expression)[:100], "error": error}
        raise ConditionError(_("The expression “%(expression)s” cannot be read: %(error)s") % words) from error
    own = name in EVENT_FIELDS
    known = None if own else field_named(name)

    def test(moment: Moment) -> bool:
        text = moment.own(name) if known is None else moment.value(name, known)
        if not text or moment.budget.left <= 0:
            return False
        begun = time.monotonic()
        try:
            return pattern.search(str(text), timeout=moment.budget.next()) is not None
        except TimeoutError:
            return False
        finally:
            moment.budget.spend(time.monotonic() - begun)

    return test


def _changed(name: str, operator: str, operand: Any) -> Callable[[Moment], bool]:
    """Compared is what the event itself tells: what the field was before it and is after it. An opening changes
    nothing."""
    if operator == CHANGED:
        if operand is not True:
            raise ConditionError(_("“changed” takes true; for the opposite use “not”."))
        return lambda moment: _change(name, moment) is not None
    wanted = operand if isinstance(operand, list) else [operand]
    if not all(isinstance(one, str | int | float | bool) or one in (None, {"me": True}) for one in wanted):
        raise ConditionError(_("A value is a text, a number, or true or false."))
    side = 0 if operator == CHANGED_FROM else 1

    def test(moment: Moment) -> bool:
        change = _change(name, moment)
        if change is None:
            return False
        me = moment.event.actor_id
        return any(_is(change[side], change[1 - side], me if one == {"me": True} else one) for one in wanted)

    return test


def _told_as(name: str) -> str | None:
    return "custom_fields" if name.startswith("field.") else TOLD.get(name)


def _change(name: str, moment: Moment) -> tuple[Any, Any] | None:
    """What the field was and is by this event; None when it did not change."""
    told = moment.event.data.get(_told_as(name) or "")
    if not isinstance(told, Mapping) or moment.event.kind == "ticket.created":
        return None
    was, now = told.get("was"), told.get("now")
    if name.startswith("field."):
        key = name.removeprefix("field.")
        was, now = (was or {}).get(key), (now or {}).get(key)
    if name == "state.type":
        types = state_types()
        was, now = (types.get(each["id"]) if each else None for each in (was, now))
    return None if was == now else (was, now)


def _is(value: Any, other: Any, wanted: Any) -> bool:
    """Whether a side of a change is `wanted`; of lists, whether it has what the other side has not."""
    if wanted is None:
        return value in (None, "", [])
    if isinstance(value, list):
        return wanted in value and wanted not in (other or [])
    if isinstance(value, Mapping):
        return wanted == (value.get("id") if isinstance(wanted, int) else value.get("name"))
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
