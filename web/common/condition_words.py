"""Conditions (tickets/conditions.py) as sentences: "Organisation is Acme and Priority is one of High, Urgent"."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automation.answers import span_words
from web.common.builder import Group, Leaf, rows_of
from web.common.choices import Choices, operator_names_for, spelt_out

Condition = Mapping[str, Any]
# Times that are seen from now, by the operator and by whether they lie ahead.
SPANS: Mapping[tuple[str, str], str | Promise] = {
    ("before", "-"): gettext_lazy("is more than %(span)s ago"),
    ("after", "-"): gettext_lazy("is less than %(span)s ago"),
    ("not_before", "-"): gettext_lazy("is not more than %(span)s ago"),
    ("not_after", "-"): gettext_lazy("is not less than %(span)s ago"),
    ("before", "+"): gettext_lazy("is in less than %(span)s"),
    ("after", "+"): gettext_lazy("is in more than %(span)s"),
    ("not_before", "+"): gettext_lazy("is not in less than %(span)s"),
    ("not_after", "+"): gettext_lazy("is not in more than %(span)s"),
}


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
    if span := _span(leaf):
        return f"{label} {span}"
    shown = dict(choices.control(leaf).choices)
    values = ", ".join(str(shown.get(value, value)) for value in leaf.values)
    return f"{words} {values}" if values else words


def _span(leaf: Leaf) -> str:
    """ "-2d" as people say it; "" for whatever is no such time."""
    value = leaf.values[0] if len(leaf.values) == 1 else ""
    words = SPANS.get((leaf.operator, value[:1]))
    span = span_words(value[1:])
    return str(words) % {"span": span} if words and span != value[1:] else ""
