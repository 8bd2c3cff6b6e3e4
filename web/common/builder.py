"""A condition (tickets/conditions.py) as rows of a form, and back. Pure.

Every condition there is has its rows: groups of four kinds, and comparisons whose operator may begin with `not_`. Rows
that only an event can answer (automation/conditions.py) are known here too, and offered where rules are written.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.text import strip_nul
from tickets.comparisons import Field
from tickets.language.filters import DAYS, moment_in

Condition = Mapping[str, Any]
NOT = "not_"
KINDS = ("all", "any", "none", "not_all")
MOST_ROWS = 100
MOST_DEPTH = 8
SEVERAL = "in"
# These compare with nothing that is entered.
ALONE = ("empty", "changed")
# These compare with one side of a change; "-" stands for what was or is empty.
SIDES = ("changed_from", "changed_to")
EMPTY_SIDE = "-"


class Unreadable(ValueError):
    """Some rows say nothing that can be compared; each of them has its `error`."""


@dataclass
class Leaf:
    """A comparison. `values` are texts as the form has them."""

    field: str = ""
    operator: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    error: str = ""
    # what is to be known of a row that is no mistake
    hint: str = ""
    path: str = ""

    @property
    def plain_operator(self) -> str:
        return self.operator.removeprefix(NOT)


@dataclass
class Group:
    kind: str = "all"
    parts: list["Leaf | Group"] = dataclasses.field(default_factory=list)
    path: str = "0"

    @property
    def depth(self) -> int:
        return self.path.count(".")

    @property
    def may_nest(self) -> bool:
        return self.depth < 2


# ---- from a condition


def rows_of(condition: Condition) -> Group:
    """The outermost is a group, whatever the condition is."""
    part = _part(condition) if condition else Group()
    return numbered(part if isinstance(part, Group) else Group("all", [part]))


def _part(node: Condition) -> Leaf | Group:
    for kind in ("all", "any"):
        if kind in node:
            return Group(kind, [_part(part) for part in node[kind]])
    if "not" in node:
        return _opposite(_part(node["not"]))
    operator = next(word for word in node if word != "field")
    operand = node[operator]
    operands = operand if isinstance(operand, list) else [] if operator in ALONE else [operand]
    return Leaf(str(node["field"]), operator, [_text(value) for value in operands])


def _opposite(part: Leaf | Group) -> Leaf | Group:
    if isinstance(part, Group):
        return Group({"all": "not_all", "any": "none", "none": "any", "not_all": "all"}[part.kind], part.parts)
    is_negated = part.operator.startswith(NOT)
    return Leaf(part.field, part.plain_operator if is_negated else f"{NOT}{part.operator}", part.values)


def _text(value: Any) -> str:
    """As the form shows it: "me", "-7d", "today", "yes", "17"; a name where a row is meant begins with "="."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return EMPTY_SIDE
    if not isinstance(value, Mapping):
        return str(value)
    if "now" in value:
        return str(value["now"])
    if "today" in value:
        days = {f"{number:+}d": name for name, number in DAYS.items()}
        return days.get(str(value["today"]), f"today{value['today']}")
    return "me"


# ---- to a condition


def condition_of(group: Group, fields: Mapping[str, Field]) -> Condition:
    """Raises `Unreadable`, with the reasons at the rows."""
    condition = _condition(group, fields)
    if any(leaf.error for leaf in leaves(group)):
        raise Unreadable
    return condition


def comparable(group: Group, fields: Mapping[str, Field]) -> Group:
    """The rows that say something already, in their groups. All others get their `error`."""
    parts: list[Leaf | Group] = []
    for part in group.parts:
        if isinstance(part, Group):
            within = comparable(part, fields)
            parts += [within] if within.parts else []
        elif _comparison(part, fields):
            parts.append(part)
    return Group(group.kind, parts, group.path)


def leaves(group: Group) -> Iterator[Leaf]:
    for part in group.parts:
        if isinstance(part, Leaf):
            yield part
        else:
            yield from leaves(part)


def _condition(part: Leaf | Group, fields: Mapping[str, Field]) -> Condition:
    if isinstance(part, Leaf):
        found = _comparison(part, fields)
        return {"not": found} if part.operator.startswith(NOT) else found
    conditions = [_condition(one, fields) for one in part.parts]
    within: Condition = {"any" if part.kind in ("any", "none") else "all": conditions}
    return {"not": within} if part.kind in ("none", "not_all") else within


def _comparison(leaf: Leaf, fields: Mapping[str, Field]) -> Condition:
    known, operator = fields.get(leaf.field), leaf.plain_operator
    leaf.error = ""
    if known is None:
        leaf.error = _("Choose what to compare.")
        return {}
    if operator in ALONE:
        return {"field": leaf.field, operator: True}
    values = [value.strip() for value in leaf.values if value.strip()]
    if not values:
        leaf.error = _("Say what to compare with.")
        return {}
    try:
        operands = [_operand(known.kind, operator, value) for value in values]
    except ValueError:
        leaf.error = _REFUSED.get(known.kind, lambda: _("This value does not fit."))()
        return {}
    is_list = operator == SEVERAL or operator in SIDES and len(operands) > 1
    return {"field": leaf.field, operator: operands if is_list else operands[0]}


_REFUSED = {
    "time": lambda: _("A time looks like 2026-11-21, today, -7d, -2h or -30m."),
    "custom_date": lambda: _("A time looks like 2026-11-21, today, -7d, -2h or -30m."),
    "number": lambda: _("This is not a number."),
    "custom_number": lambda: _("This is not a number."),
}


def _operand(kind: str, operator: str, text: str) -> Any:
    """Raises `ValueError`."""
    if operator in SIDES and text == EMPTY_SIDE:
        return None
    if operator in ("before", "after") or kind == "time":
        return _moment(text)
    if kind in ("row", "people"):
        return {"me": True} if text == "me" else int(text) if text.isdecimal() and len(text) < 19 else text
    if kind in ("number", "custom_number"):
        number = float(text.replace(",", "."))
        if not abs(number) < 10**15:
            raise ValueError(text)
        return int(number) if number == int(number) else number
    if kind in ("flag", "custom_flag"):
        return text == "yes"
    return text


def _moment(text: str) -> Any:
    head, sign, rest = text.partition("+") if "+" in text else text.partition("-")
    if head == "today" and sign and rest:
        return {"today": f"{sign}{rest}"}
    try:
        return moment_in(text)
    except ValueError:
        return datetime.fromisoformat(text).isoformat()


# ---- the form


def numbered(group: Group, path: str = "0") -> Group:
    """Every part knows its place: "0.2.1" is the second of the third."""
    group.path = path
    for index, part in enumerate(group.parts):
        if isinstance(part, Group):
            numbered(part, f"{path}.{index}")
        else:
            part.path = f"{path}.{index}"
    return group


def posted(data: QueryDict) -> Group:
    """The rows as they were sent: `row` names their places, in order, and what each of them is."""
    top = Group(_kind(data, "0"))
    groups = {"0": top}
    for text in data.getlist("row")[:MOST_ROWS]:
        path, _blank, what = text.partition(" ")
        above, depth = groups.get(path.rpartition(".")[0]), path.count(".")
        if above is None or depth > MOST_DEPTH:
            continue
        if what == "group":
            groups[path] = Group(_kind(data, path))
            above.parts.append(groups[path])
        else:
            above.parts.append(_leaf(data, path))
    return numbered(top)


def _kind(data: QueryDict, path: str) -> str:
    kind = data.get(f"kind-{path}", "all")
    return kind if kind in KINDS else "all"


def _leaf(data: QueryDict, path: str) -> Leaf:
    operator = data.get(f"op-{path}", "")
    values = data.getlist(f"value-{path}")
    # several values that are typed stand in one field
    if operator.removeprefix(NOT) == SEVERAL and f"typed-{path}" in data:
        values = ",".join(values).split(",")
    return Leaf(data.get(f"field-{path}", ""), operator, [strip_nul(value)[:200] for value in values[:MOST_ROWS]])


def edited(group: Group, edit: str) -> Group:
    """With a row more ("leaf 0.1"), a group more ("group 0"), or without one ("drop 0.1.2")."""
    what, _blank, path = edit.partition(" ")
    if what == "drop":
        _drop(group, path)
    elif what in ("leaf", "group"):
        above = _at(group, path)
        if isinstance(above, Group):
            above.parts.append(Leaf() if what == "leaf" else Group("any", [Leaf()]))
    return numbered(group)


def _drop(group: Group, path: str) -> None:
    above = _at(group, path.rpartition(".")[0])
    if isinstance(above, Group):
        above.parts = [part for part in above.parts if part.path != path]


def _at(group: Group, path: str) -> "Leaf | Group | None":
    found: Leaf | Group = group
    top, *indexes = path.split(".")
    if top != "0":
        return None
    for index in indexes:
        if not isinstance(found, Group) or not index.isdecimal() or int(index) >= len(found.parts):
            return None
        found = found.parts[int(index)]
    return found


def usable(operator: str, operators: Sequence[str]) -> str:
    """This operator where the field has it, else the first it has."""
    return operator if operator.removeprefix(NOT) in operators else operators[0]
