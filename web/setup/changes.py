"""Lines of the audit in words: what kind of thing, which fields, what they were and are."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import REPLACED, SECRET_WORDS
from accounts.models import ConfigChange
from tickets.models.queue import place
from web.setup.forms.rights import LABELS as RIGHT_LABELS

Text = str | Promise

# What administrators call the things whose changes are noted.
KINDS: dict[str, Text] = {
    "tickets.queue": gettext_lazy("Queue"),
    "tickets.fielddefinition": gettext_lazy("Field"),
    "tickets.delivery": gettext_lazy("Event"),
    "mail.address": gettext_lazy("Email address"),
    "mail.account": gettext_lazy("Mailbox"),
    "mail.incoming": gettext_lazy("Incoming message"),
    "mail.outgoing": gettext_lazy("Outgoing message"),
    "accounts.user": gettext_lazy("Person"),
    "accounts.organisation": gettext_lazy("Organisation"),
    "accounts.role": gettext_lazy("Role"),
    "accounts.apitoken": gettext_lazy("API token"),
}
# Keys of before and after that are not fields of the row.
FIELDS: dict[str, Text] = {
    "rights": gettext_lazy("rights"),
    "members": gettext_lazy("members"),
    "people": gettext_lazy("people"),
    "addresses": gettext_lazy("addresses"),
    "organisation": gettext_lazy("organisation"),
    "sees_all": gettext_lazy("sees all requests of the organisation"),
    "password": gettext_lazy("password"),
    "sealed_password": gettext_lazy("password"),
    "digest": gettext_lazy("secret"),
    "state": gettext_lazy("status"),
    "reason": gettext_lazy("reason"),
    "reason_code": gettext_lazy("reason"),
    "again": gettext_lazy("sent again to"),
    "error": gettext_lazy("error"),
    "parked": gettext_lazy("given up"),
    "expires_at": gettext_lazy("expires"),
    "revoked_at": gettext_lazy("revoked"),
}


@dataclass(frozen=True)
class Difference:
    """One field that changed. Lists and tables are compared by part: `gone` and `new` are lines."""

    label: str
    gone: list[str]
    new: list[str]


@dataclass(frozen=True)
class Described:
    """A line of the audit and what it says."""

    change: ConfigChange
    kind: str
    action: str
    differences: list[Difference]

    @property
    def label(self) -> str:
        """The name of the thing; that of a queue is its place in the tree."""
        return place(self.change.label) if self.change.kind == "tickets.queue" else self.change.label

    @property
    def fields(self) -> str:
        return ", ".join(difference.label for difference in self.differences)


def described(change: ConfigChange) -> Described:
    return Described(
        change,
        str(KINDS.get(change.kind, change.kind)),
        change.get_action_display(),
        list(_differences(change)),
    )


def _differences(change: ConfigChange):
    before, after = change.before, change.after
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        gone, new = _lines(change.kind, name, was), _lines(change.kind, name, now)
        common = set(gone) & set(new) if isinstance(was or now, list | dict) else set()
        lost, gained = ([line for line in lines if line not in common] for lines in (gone, new))
        if lost or gained:
            yield Difference(_label(change.kind, name), lost, gained)


def _lines(kind: str, name: str, value: Any) -> list[str]:
    """A value as lines of text for people; nothing is no line."""
    if value in (None, "", [], {}):
        return []
    if any(word in name for word in SECRET_WORDS):
        return [_("given anew") if value == REPLACED else _("given")] if value else [_("none")]
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, dict):
        return [place(value["name"])] if set(value) == {"id", "name"} else _table_lines(name, value)
    return _choice(kind, name, value) or str(value).splitlines()


def _table_lines(name: str, table: dict[str, Any]) -> list[str]:
    """`{"Support": ["read", "note"]}` -> "Support: See", "Support: Add notes", so that each can be compared."""
    lines = []
    for key, value in table.items():
        for item in value if isinstance(value, list) else [value]:
            shown = RIGHT_LABELS.get(item, item) if name == "rights" else item
            lines.append(f"{place(key)}: {_lines('', name, item)[0] if isinstance(item, bool) else shown}")
    return lines


def _choice(kind: str, name: str, value: Any) -> list[str]:
    field = _field(kind, name)
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    return [str(choices[value])] if value in choices else []


def _label(kind: str, name: str) -> str:
    if name in FIELDS:
        return str(FIELDS[name])
    field = _field(kind, name)
    return str(field.verbose_name) if field is not None else name


def _field(kind: str, name: str) -> models.Field | None:
    try:
        found = apps.get_model(kind)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, models.Field) else None
