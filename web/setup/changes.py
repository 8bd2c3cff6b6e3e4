"""Lines of the audit in words: what kind of thing, which fields, what they were and are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.audit import REPLACED, SECRET_WORDS
from accounts.models import ConfigChange
from tickets.grants import Conflict
from tickets.models.queue import place
from tickets.rights import RIGHTS
from web.setup.assignment_lines import ASSIGNMENT_LINES
from web.setup.catalogue_lines import CATALOGUE_LINES
from web.setup.channel_lines import CHANNEL_LINES
from web.setup.content_lines import CONTENT_LINES
from web.setup.filter_words import FILTER_LINES
from web.setup.forms.rights import LABELS as RIGHT_LABELS
from web.setup.notice_lines import NOTICE_LINES
from web.setup.rule_lines import RULE_LINES
from web.setup.schedule_lines import SCHEDULE_LINES
from web.setup.sla_lines import LINES

Text = str | Promise

# What administrators call the things whose changes are noted.
KINDS: dict[str, Text] = {
    "tickets.queue": gettext_lazy("Queue"),
    "tickets.fielddefinition": gettext_lazy("Field"),
    "tickets.state": gettext_lazy("Status"),
    "tickets.priority": gettext_lazy("Priority"),
    "tickets.matrixcell": gettext_lazy("Matrix of impact and urgency"),
    "tickets.tickettype": gettext_lazy("Type"),
    "tickets.service": gettext_lazy("Service"),
    "tickets.tag": pgettext_lazy("noun", "Tag"),
    "tickets.replytemplate": gettext_lazy("Reply template"),
    "tickets.snippet": gettext_lazy("Snippet"),
    "tickets.checklisttemplate": gettext_lazy("Checklist"),
    "tickets.delivery": gettext_lazy("Event"),
    "automation.endpoint": gettext_lazy("Webhook"),
    "automation.webhookdelivery": gettext_lazy("Message of a webhook"),
    "automation.alertsource": gettext_lazy("Alert source"),
    "sla.policy": gettext_lazy("SLA"),
    "sla.calendar": gettext_lazy("Calendar"),
    "sla.queuehours": gettext_lazy("SLA settings of a queue"),
    "knowledge.category": gettext_lazy("Category"),
    "automation.rule": gettext_lazy("Rule"),
    "automation.content": gettext_lazy("Text in several languages"),
    "automation.surveyrule": gettext_lazy("Satisfaction survey of a queue"),
    "automation.schedule": gettext_lazy("Schedule"),
    "processes.process": gettext_lazy("Process"),
    "processes.version": gettext_lazy("Version of a process"),
    "automation.queueassignment": gettext_lazy("Assignment of a queue"),
    "automation.skill": gettext_lazy("Skill"),
    "automation.skillrule": gettext_lazy("What tickets need"),
    "automation.priorityweight": gettext_lazy("Points of work"),
    "automation.macro": gettext_lazy("Macro"),
    "automation.noticerule": gettext_lazy("Notices of an event"),
    "automation.noticetext": gettext_lazy("Text of a notice"),
    "automation.noticehouse": gettext_lazy("Figures of notices"),
    "mail.address": gettext_lazy("Email address"),
    "mail.account": gettext_lazy("Mailbox"),
    "mail.consent": gettext_lazy("Leave of a provider"),
    "mail.filter": gettext_lazy("Mail filter"),
    "mail.knownsender": gettext_lazy("Known sender"),
    "mail.trust": gettext_lazy("Proof of senders"),
    "mail.queueintake": gettext_lazy("Incoming mail of a queue"),
    "mail.server": gettext_lazy("Mail server"),
    "mail.mailrules": gettext_lazy("Limits of mail"),
    "mail.automatictext": gettext_lazy("Automatic reply"),
    "mail.queueanswers": gettext_lazy("Automatic replies of a queue"),
    "mail.storm": gettext_lazy("Storm of mail"),
    "mail.incoming": gettext_lazy("Incoming message"),
    "mail.outgoing": gettext_lazy("Outgoing message"),
    "mail.keeping": gettext_lazy("How long sources of mail are kept"),
    "accounts.user": gettext_lazy("Person"),
    "accounts.brand": gettext_lazy("Brand"),
    "accounts.organisation": gettext_lazy("Organisation"),
    "accounts.role": gettext_lazy("Role"),
    "accounts.apitoken": gettext_lazy("API token"),
    "accounts.configchange": gettext_lazy("Audit log"),
}
# Things that are called by a path: that of their queue, or their own.
OF_QUEUES = (
    "tickets.service",
    "tickets.queue",
    "sla.queuehours",
    "mail.queueanswers",
    "automation.surveyrule",
    "automation.queueassignment",
)
# Values that are shown in a way of their own, by the kind of thing and the name of the field.
LINES_OF_OTHERS = (
    LINES,
    FILTER_LINES,
    CHANNEL_LINES,
    NOTICE_LINES,
    RULE_LINES,
    SCHEDULE_LINES,
    CONTENT_LINES,
    ASSIGNMENT_LINES,
    CATALOGUE_LINES,
)
NOTHING: tuple[Any, ...] = (None, "", [], {})
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
    "sealed_client_secret": gettext_lazy("secret of the application"),
    "digest": gettext_lazy("secret"),
    "replayed": gettext_lazy("sent again"),
    "state": gettext_lazy("status"),
    "reason": gettext_lazy("reason"),
    "reason_code": gettext_lazy("reason"),
    "again": gettext_lazy("sent again to"),
    "queue": gettext_lazy("queue"),
    "customer": gettext_lazy("customer"),
    "error": gettext_lazy("error"),
    "parked": gettext_lazy("given up"),
    "expires_at": gettext_lazy("expires"),
    "granted_at": gettext_lazy("connected"),
    "revoked_at": gettext_lazy("revoked"),
    "signed_out": gettext_lazy("signed out everywhere"),
    "tickets_go_to": gettext_lazy("tickets go to"),
    "queues": gettext_lazy("queues"),
    "messages": gettext_lazy("messages"),
    "types": gettext_lazy("types"),
    "roles": gettext_lazy("roles"),
    "targets": gettext_lazy("targets"),
    "warnings": gettext_lazy("warnings"),
    "levels": gettext_lazy("escalates when late by"),
    "unlock_after": gettext_lazy("unlocks after so long without work"),
    "skills": gettext_lazy("skills"),
    "most_points": gettext_lazy("most points of work at the same time"),
    "working_hours": gettext_lazy("working hours"),
    "takes_tickets": gettext_lazy("takes new tickets"),
    "when_away": gettext_lazy("open tickets while away"),
    "wants": gettext_lazy("skills"),
    "questions": gettext_lazy("questions"),
    "organisations": gettext_lazy("organisations"),
    "brands": gettext_lazy("brands"),
    "allow_domains": gettext_lazy("allowed domains"),
    "refuse_domains": gettext_lazy("refused domains"),
    "refuse_everywhere": gettext_lazy("domains refused at every brand"),
    "domains": gettext_lazy("domains"),
    "invited": gettext_lazy("invited"),
    "managers": gettext_lazy("managers"),
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

    @cached_property
    def differences(self) -> list[Difference]:
        return list(_differences(self.change))

    @property
    def label(self) -> str:
        """The name of the thing; that of a queue is its place in the tree."""
        return place(self.change.label) if self.change.kind in OF_QUEUES else self.change.label

    @property
    def fields(self) -> str:
        """What changed, without looking anything up: for lists."""
        change = self.change
        return ", ".join(_label(change.kind, name) for name, _was, _now in _changed(change))


def described(change: ConfigChange) -> Described:
    return Described(change, str(KINDS.get(change.kind, change.kind)), change.get_action_display())


def history_of(row: models.Model) -> str:
    """Where the audit tells of this row; empty before it is saved."""
    if row.pk is None:
        return ""
    return f"{reverse('setup:audit')}?{urlencode({'kind': row._meta.label_lower, 'id': row.pk})}"


def conflicts_in_words(conflicts: Sequence[Conflict]) -> list[str]:
    """Rights that somebody else has changed meanwhile, each as one sentence."""
    words = _("%(role)s in %(queue)s: when you opened the page %(shown)s, now %(now)s.")
    return [
        words % {"role": one.role, "queue": one.queue.place, "shown": _rights(one.shown), "now": _rights(one.now)}
        for one in conflicts
    ]


def _rights(rights: frozenset[str]) -> str:
    quoted = (_("“%(words)s”") % {"words": RIGHT_LABELS[right]} for right in RIGHTS if right in rights)
    return ", ".join(quoted) or pgettext("rights", "nothing")


def _changed(change: ConfigChange) -> Iterable[tuple[str, Any, Any]]:
    """The fields whose values are others, with what they were and are; one kind of nothing is as good as another."""
    for name in dict.fromkeys([*change.after, *change.before]):
        was, now = change.before.get(name), change.after.get(name)
        if was != now and not (was in NOTHING and now in NOTHING):
            yield name, was, now


def _differences(change: ConfigChange) -> Iterable[Difference]:
    for name, was, now in _changed(change):
        gone, new = _lines(change.kind, name, was), _lines(change.kind, name, now)
        common = set(gone) & set(new) if isinstance(was or now, list | dict) else set()
        lost, gained = ([line for line in lines if line not in common] for lines in (gone, new))
        if lost or gained:
            yield Difference(_label(change.kind, name), lost, gained)


def _lines(kind: str, name: str, value: Any) -> list[str]:
    """A value as lines of text for people; nothing is no line."""
    if value in NOTHING:
        return []
    if lines := next((known[kind, name] for known in LINES_OF_OTHERS if (kind, name) in known), None):
        return lines(value)
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
