"""What may set off a rule (automation/happenings.py), for the page of a rule: chosen ones, and a menu of the others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from automation.happenings import HAPPENINGS

ICONS: Mapping[str, str] = {
    "opened": "inbox",
    "moved": "layers",
    "assigned": "user",
    "given_back": "user",
    "state": "check-circle",
    "closed": "check",
    "reopened": "undo",
    "trashed": "trash",
    "spam": "ban",
    "customer_wrote": "mail",
    "agent_answered": "reply",
    "noted": "doc",
    "automatic": "send",
    "undelivered": "warn",
    "priority": "flag",
    "type": "columns",
    "service": "package",
    "tags": "tag",
    "fields": "table",
    "locked": "lock",
    "merged": "merge",
    "absorbed": "merge",
    "linked": "link",
    "put_off": "hourglass",
    "pending_reached": "hourglass",
    "sla_warned": "clock",
    "sla_breached": "clock",
    "sla_escalated": "bell",
    "sla_changed": "clock",
    "watched": "eye",
    "copied": "user-plus",
    "checklist": "list-ol",
    "step_done": "list-ol",
}


@dataclass(frozen=True)
class Entry:
    name: str
    label: str
    icon: str


@dataclass(frozen=True)
class MenuGroup:
    label: str
    entries: Sequence[Entry]


def entries(names: Iterable[str]) -> list[Entry]:
    """Those that are known, as they are chosen."""
    return [_entry(name) for name in names if name in HAPPENINGS]


def menu_without(names: Collection[str]) -> list[MenuGroup]:
    groups: dict[str, list[Entry]] = {}
    for name, happening in HAPPENINGS.items():
        if name not in names:
            groups.setdefault(str(happening.group), []).append(_entry(name))
    return [MenuGroup(label, found) for label, found in groups.items()]


def _entry(name: str) -> Entry:
    return Entry(name, str(HAPPENINGS[name].label), ICONS.get(name, "bolt"))
