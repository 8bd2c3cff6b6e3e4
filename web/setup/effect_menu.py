"""The menu from which an effect is added: known effects in groups, by what people look for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from automation.effects import Effect

# Each group with the names of its effects, in the order of the menu. Add yours here; others come last.
GROUPS: Sequence[tuple[str | Promise, Sequence[str]]] = (
    (gettext_lazy("Who works on it"), ("assign", "give", "responsible", "watch", "move")),
    (
        gettext_lazy("What the ticket says"),
        (
            *("state", "close", "priority", "rate", "type", "service", "title", "customer"),
            *("tag", "untag", "fields", "link"),
        ),
    ),
    (gettext_lazy("Write and tell"), ("note", "reply", "notify", "survey", "call")),
    (pgettext_lazy("noun", "Removal"), ("spam", "trash")),
)
ICONS: Mapping[str, str] = {
    "assign": "user",
    "give": "users",
    "responsible": "shield",
    "watch": "eye",
    "move": "layers",
    "state": "check-circle",
    "close": "check",
    "priority": "flag",
    "rate": "flag",
    "type": "columns",
    "service": "package",
    "title": "edit",
    "customer": "user",
    "tag": "tag",
    "untag": "tag",
    "fields": "table",
    "link": "link",
    "note": "doc",
    "reply": "reply",
    "notify": "bell",
    "survey": "star",
    "call": "code",
    "spam": "warn",
    "trash": "trash",
}


@dataclass(frozen=True)
class MenuEntry:
    do: str
    label: str
    icon: str


@dataclass(frozen=True)
class MenuGroup:
    label: str
    entries: Sequence[MenuEntry]


def grouped(known: Mapping[str, Effect]) -> list[MenuGroup]:
    named = {name for _label, names in GROUPS for name in names}
    groups = [*GROUPS, (_("More"), [name for name in known if name not in named])]
    found = [
        MenuGroup(str(label), [_entry(name, known[name]) for name in names if name in known]) for label, names in groups
    ]
    return [group for group in found if group.entries]


def _entry(name: str, effect: Effect) -> MenuEntry:
    return MenuEntry(name, str(effect.label), ICONS.get(name, "bolt"))
