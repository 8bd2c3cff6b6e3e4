"""Filters in words: their conditions as one sentence each, and what they do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mail.filtering import PARTS, TESTS, Condition
from mail.models import Filter
from tickets.customfields import labels


@dataclass(frozen=True)
class Told:
    """One filter for the list."""

    filter: Filter
    conditions: list[str]
    effects: list[str]


def told(filters: Iterable[Filter]) -> list[Told]:
    names = labels()
    return [Told(one, [condition_in_words(data) for data in one.conditions], _effects(one, names)) for one in filters]


def condition_in_words(data: Mapping[str, Any]) -> str:
    condition = Condition.read(data)
    part = condition.header if condition.part == "header" else PARTS.get(condition.part, condition.part)
    words = {"part": part, "test": TESTS.get(condition.test, condition.test), "value": condition.value}
    return _("%(part)s %(test)s “%(value)s”") % words


def _effects(one: Filter, names: Mapping[str, str]) -> list[str]:
    if one.action == Filter.Action.IGNORE:
        return [str(Filter.Action.IGNORE.label)]
    found = [str(Filter.Action.JUNK.label)] if one.action == Filter.Action.JUNK else []
    pairs: list[tuple[str, str]] = [
        (_("Queue"), one.queue.place if one.queue else ""),
        (_("Priority"), _(one.priority.name) if one.priority else ""),
        (_("Type"), _(one.type.name) if one.type else ""),
        (_("Tags"), ", ".join(one.tags)),
        *((names.get(key, key), str(value)) for key, value in one.fields.items()),
        (_("Joins by"), names.get(one.joins_by, one.joins_by)),
    ]
    return [*found, *(_("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in pairs if value)]


def _conditions(conditions: list[Mapping[str, Any]]) -> list[str]:
    return [condition_in_words(data) for data in conditions]


# How the audit shows them (web/setup/changes.py), by kind and field.
FILTER_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {("mail.filter", "conditions"): _conditions}
