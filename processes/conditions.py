"""When a way is taken: the condition language of tickets, and what steps of the run have come to.

    {"field": "step.Approve", "is": "approved"}     {"field": "step.Order", "in": ["value", "right"]}

An approval comes to "approved" or "declined", other work of people to "done", a step with an error to its code.
A step that has not been is empty, and its negation holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tickets import comparisons
from tickets.comparisons import OPERATORS, Field
from tickets.conditions import ConditionError, Viewer, check, comparison
from tickets.models import Ticket

PREFIX = "step."
_OPERATORS = ("is", "in", "empty")


@dataclass(frozen=True)
class Facts:
    """What a condition is asked of."""

    ticket: Ticket
    outcomes: Mapping[str, str]
    viewer: Viewer


def check_condition(condition: Any, steps: Mapping[str, str]) -> None:
    """Raise `ConditionError` unless it can be asked in a drawing that has these steps (id to name)."""

    def leaf(node: Mapping[str, Any]) -> object:
        name = node.get("field")
        if isinstance(name, str) and name.startswith(PREFIX):
            if name.removeprefix(PREFIX) not in steps:
                raise ConditionError(_("There is no step “%(name)s”.") % {"name": name.removeprefix(PREFIX)})
            return _stand_in(node)
        return comparison(node)

    check(condition, leaf=leaf)


def holds(condition: Mapping[str, Any], facts: Facts) -> bool:
    """Raises `ConditionError` when it names something that is gone."""
    if "all" in condition:
        return all(holds(part, facts) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, facts) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    name = condition.get("field")
    if isinstance(name, str) and name.startswith(PREFIX):
        operator, operand = _stand_in(condition)
        outcome = facts.outcomes.get(name.removeprefix(PREFIX))
        return comparisons.compare(_OUTCOME, outcome, operator, operand)
    field, test = comparison(condition)
    return test(field.value(facts.ticket), facts.viewer)


_OUTCOME = Field("", "choice", lambda _ticket: None)


def _stand_in(node: Mapping[str, Any]) -> tuple[str, Any]:
    """The one comparison of a step, checked as that of a choice of tickets."""
    operators = [word for word in node if word != "field"]
    allowed = [word for word in OPERATORS["choice"] if word in _OPERATORS]
    if len(operators) != 1 or operators[0] not in allowed:
        words = {"field": node.get("field"), "operators": ", ".join(allowed)}
        raise ConditionError(_("“%(field)s” can be compared by: %(operators)s.") % words)
    comparison({"field": "channel", operators[0]: node[operators[0]]})
    return operators[0], node[operators[0]]
