"""What a queue adds to service levels, as a part of its page: calendar, SLA for the rest, time of stay, unlocking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import CharField, Form, ModelChoiceField
from django.http import QueryDict
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import Stale, refuse_stale, seen_of
from accounts.models import User
from core.durations import written_duration
from sla.configuring import save_queue_hours
from sla.models import Calendar, Kind, Policy, QueueHours, QueueTarget
from tickets.models import Queue
from web.setup.forms.beside import seen_beside
from web.setup.forms.problems import Problem
from web.setup.forms.slas import read_percentages, read_spans, write_percentages, write_spans
from web.setup.forms.targets import Days, TargetTable, is_none, none, read_span

KINDS = [(Kind.STAY.value, Kind.STAY.label)]
PREFIX = "hours"


@dataclass(frozen=True)
class Inherited:
    """What the queues above say, the nearest first."""

    rows: Sequence[QueueHours] = ()

    @classmethod
    def of(cls, queue: Queue) -> "Inherited":
        line = queue.line[1:]
        known = QueueHours.objects.select_related("queue", "calendar", "policy").prefetch_related("targets__priority")
        found = {row.pk: row for row in known.filter(pk__in=line)}
        return cls([found[pk] for pk in line if pk in found])

    def first(self, name: str) -> tuple[Any, str]:
        """The nearest value, and the place of the queue that has it."""
        for row in self.rows:
            if getattr(row, name) is not None:
                return getattr(row, name), row.queue.place
        return None, ""

    @property
    def staying(self) -> QueueHours | None:
        return next((row for row in self.rows if row.targets.all()), None)


class QueueHoursForm(Form):
    calendar = ModelChoiceField(Calendar.objects.none(), label=_("Calendar"), required=False)
    policy = ModelChoiceField(Policy.objects.none(), label=_("SLA for the rest"), required=False)
    unlock_after = CharField(label=_("Unlock after so long without work"), required=False, max_length=50)
    warnings = CharField(label=_("Warn when so much of the stay is used"), required=False, max_length=100)
    levels = CharField(label=_("Escalate when late by"), required=False, max_length=200)

    def __init__(self, data: QueryDict | None, *, hours: QueueHours, above: Inherited, days: Days, **kwargs) -> None:
        self.days, self.above = days, above
        kwargs.setdefault("initial", _written(hours, self._usual_of(str(hours.calendar_id or ""))))
        super().__init__(data, prefix=PREFIX, label_suffix="", **kwargs)
        self.fields["calendar"].queryset = Calendar.objects.all()
        self.fields["calendar"].choices = days.choices(self._empty("calendar", gettext("The usual one")))
        self.fields["policy"].queryset = Policy.objects.filter(Q(is_active=True) | Q(pk=hours.policy_id))
        self.fields["policy"].empty_label = self._empty("policy", pgettext("service level", "None"))
        self.fields["policy"].help_text = gettext("For tickets that fit the conditions of none.")
        self.fields["unlock_after"].help_text = self._unlock_hint()

    @property
    def day(self) -> int:
        return self._usual_of(str(self["calendar"].value() or ""))

    def clean_unlock_after(self) -> int | None:
        text = self.cleaned_data["unlock_after"].strip()
        if not text:
            return None
        if is_never(text):
            return 0
        try:
            return read_span(text, day=self.day)
        except ValueError as error:
            raise ValidationError(gettext("Write 30 min, 4 h, 2 d or never.")) from error

    def clean_warnings(self) -> list[int]:
        return read_percentages(self.cleaned_data["warnings"])

    def clean_levels(self) -> list[int]:
        return read_spans(self.cleaned_data["levels"], day=self.day)

    def calendar_id(self) -> int | None:
        """The one that counts here: chosen, or that of a queue above."""
        value = str(self["calendar"].value() or "")
        chosen = int(value) if value.isdecimal() and len(value) < 19 else None
        above, _place = self.above.first("calendar_id")
        return chosen or above

    def _usual_of(self, value: str) -> int:
        chosen = int(value) if value.isdecimal() and len(value) < 19 else None
        above, _place = self.above.first("calendar_id")
        return self.days.of(chosen or above)

    def _empty(self, name: str, otherwise: str) -> str:
        value, place = self.above.first(name)
        return from_above(str(value), place) if value else otherwise

    def _unlock_hint(self) -> str:
        value, place = self.above.first("unlock_after")
        usual = from_above(write_unlock(value, day=self.day), place) if value is not None else never()
        return gettext("A span of business time, or never. Empty: %(usual)s.") % {"usual": usual}


class QueueService:
    """The form of the panel (web/setup/panels.py). `seen` goes with it, as the hours are a row of their own."""

    def __init__(self, queue: Queue, data: QueryDict | None, *, is_typed: bool = False) -> None:
        self.queue = queue
        self.is_sent = data is not None and f"{PREFIX}-seen" in data
        self.hours: QueueHours | None = getattr(queue, "hours", None) if queue.pk else None
        row = self.hours or QueueHours()
        targets = list(self.hours.targets.select_related("priority")) if self.hours else []
        self.above, days = Inherited.of(queue), Days()
        self._posted_seen = data.get(f"{PREFIX}-seen", "") if data is not None and self.is_sent else None
        bound = data if self.is_sent and not is_typed else None
        initial = {"initial": _typed(data)} if is_typed and self.is_sent and data is not None else {}
        self.form = QueueHoursForm(bound, hours=row, above=self.above, days=days, **initial)
        usual = self.form.calendar_id()
        if self.is_sent and data is not None:
            named = {target.priority_id for target in targets}
            self.table = TargetTable.posted(KINDS, data, named, days, usual)
        else:
            self.table = TargetTable.of(KINDS, targets, days, usual)

    @classmethod
    def of_queue(cls, queue: Queue, data: QueryDict | None) -> "QueueService":
        return cls(queue, data)

    @classmethod
    def typed(cls, queue: Queue, data: QueryDict) -> "QueueService":
        return cls(queue, data, is_typed=True)

    @property
    def forms(self) -> list[Form]:
        return [self.form]

    @property
    def seen(self) -> str:
        """What the page has seen of the hours; a new mark comes with a refusal alone."""
        if self._posted_seen is not None:
            return self._posted_seen
        return seen_beside(self.queue, QueueHours)

    @property
    def stays_above(self) -> str:
        """The time of stay that counts as long as none is written here."""
        row = self.above.staying
        return from_above(stays_in_words(row, day=self.form.day), row.queue.place) if row else ""

    def is_valid(self) -> bool:
        if not self.is_sent:
            return True
        return all([self.form.is_valid(), self.table.is_valid()])

    def problems(self) -> list[Problem]:
        return self.table.problems()

    def save(self, queue: Queue, *, by: User) -> None:
        """Raises `Stale`, when somebody else has changed the hours meanwhile."""
        if not self.is_sent:
            return
        hours = QueueHours.objects.filter(pk=queue.pk).first() or QueueHours(queue=queue)
        try:
            refuse_stale(hours, seen=int(self.seen) if self.seen.isdecimal() and len(self.seen) < 19 else None)
        except Stale:
            self._posted_seen = str(seen_of(hours))
            raise
        stays = [QueueTarget(priority=row.priority, seconds=cell.seconds) for _kind, row, cell in self.table.values()]
        facts = self.form.cleaned_data
        if self.hours is None and not stays and not any(value not in (None, "", []) for value in facts.values()):
            return
        for name, value in facts.items():
            setattr(hours, name, value)
        save_queue_hours(hours, stays, by=by)


def save_service(form: QueueService, queue: Queue, *, by: User) -> None:
    form.save(queue, by=by)


def from_above(value: str, place: str) -> str:
    return gettext("%(value)s, from %(queue)s") % {"value": value, "queue": place}


def never() -> str:
    return pgettext("unlocking", "never")


def is_never(text: str) -> bool:
    return text.casefold() in ("never", never().casefold()) or is_none(text)


def write_unlock(value: int | None, *, day: int) -> str:
    return "" if value is None else written_duration(value, day=day) if value else never()


def stays_in_words(row: QueueHours, *, day: int) -> str:
    """ "4 h, High 2 h"."""
    parts = []
    for target in sorted(row.targets.all(), key=lambda one: -one.priority.level if one.priority else -99):
        span = written_duration(target.seconds, day=day) if target.seconds else none()
        parts.append(f"{gettext(target.priority.name)} {span}" if target.priority else span)
    return ", ".join(parts)


def _written(hours: QueueHours, day: int) -> dict[str, Any]:
    return {
        "calendar": hours.calendar_id,
        "policy": hours.policy_id,
        "unlock_after": write_unlock(hours.unlock_after, day=day),
        "warnings": write_percentages(hours.warnings),
        "levels": write_spans(hours.levels, day=day),
    }


def _typed(data: QueryDict) -> dict[str, Any]:
    return {name: data.get(f"{PREFIX}-{name}", "") for name in QueueHoursForm.base_fields}
