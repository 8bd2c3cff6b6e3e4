"""Conditions (tickets/conditions.py) as sentences: "Organisation is Acme and Priority is one of High, Urgent"."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from web.common.builder import Group, Leaf, rows_of
from web.common.choices import Choices, operator_names_for, spelt_out

Condition = Mapping[str, Any]


def in_words(conditions: Sequence[Condition], choices: Choices) -> list[str]:
    """All of a page together, so that names are asked for once."""
    together = spelt_out({"all": list(conditions)})
    return [_group(rows_of(condition), choices, is_top=True) for condition in together["all"]]


def _group(group: Group, choices: Choices, *, is_top: bool = False) -> str:
    parts = [_leaf(part, choices) if isinstance(part, Leaf) else _group(part, choices) for part in group.parts]
    if not parts:
        return _everything(is_top=is_top) if group.kind in ("all", "none") else _nothing(is_top=is_top)
    if group.kind in ("none", "not_all"):
        text = _without(group.kind, is_top=is_top) % {"parts": "; ".join(parts)}
    else:
        text = (_(" and ") if group.kind == "all" else _(" or ")).join(parts)
    return text if is_top or len(parts) == 1 and group.kind in ("all", "any") else f"({text})"


def _without(kind: str, *, is_top: bool) -> str:
    if kind == "none":
        return _("None of: %(parts)s") if is_top else _("none of: %(parts)s")
    return _("Not all of: %(parts)s") if is_top else _("not all of: %(parts)s")


def _everything(*, is_top: bool) -> str:
    return _("All tickets") if is_top else _("all tickets")


def _nothing(*, is_top: bool) -> str:
    return _("No ticket") if is_top else _("no ticket")


def _leaf(leaf: Leaf, choices: Choices) -> str:
    if leaf.field == "closed" and leaf.plain_operator == "empty":
        return _("it is not closed") if leaf.operator == "empty" else _("it is closed")
    label, known = dict(choices.fields).get(leaf.field, leaf.field), choices.known.get(leaf.field)
    names = operator_names_for(known.kind if known else "")
    words = f"{label} {names.get(leaf.operator, leaf.operator)}"
    shown = dict(choices.control(leaf).choices)
    values = ", ".join(str(shown.get(value, value)) for value in leaf.values)
    return f"{words} {values}" if values else words
