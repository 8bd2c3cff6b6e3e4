"""The form of an SLA, but for its condition (web/common/builder.py) and its targets (web/setup/forms/targets.py)."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import (
    CharField,
    CheckboxSelectMultiple,
    ChoiceField,
    ModelForm,
    RadioSelect,
    TypedMultipleChoiceField,
)
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.durations import written_duration
from core.text import clean_line
from sla.models import Policy
from tickets.models import State, StateType
from web.setup.forms.targets import Days, read_span

MOST_WARNINGS, MOST_LEVELS = 5, 10
# Commas too, but for those that are part of a number: "1,5 h; 4 h" are two spans.
_BETWEEN_SPANS = re.compile(r";|(?<!\d),|,(?!\d)")
# Whether an SLA finds its tickets itself.
MATCHING, CHOSEN = "matching", "chosen"


class PolicyForm(ModelForm):
    applies = ChoiceField(
        label=_("Which tickets have it"),
        widget=RadioSelect,
        choices=[
            (MATCHING, _("Those that fit the conditions below, unless one further up fits first")),
            (CHOSEN, _("Only where a queue or a person chooses it")),
        ],
    )
    warnings = CharField(
        label=_("Warn when so much of the time is used"),
        required=False,
        max_length=100,
        help_text=_("Percentages with commas between them, such as 50, 80."),
    )
    levels = CharField(
        label=_("Escalate when late by"),
        required=False,
        max_length=200,
        help_text=_("Spans with semicolons between them, such as 30 min; 4 h."),
    )
    pause_states = TypedMultipleChoiceField(
        label=_("Clocks also pause in"), required=False, coerce=int, widget=CheckboxSelectMultiple
    )

    class Meta:
        model = Policy
        fields = (
            *("name", "calendar", "warnings", "levels", "pauses_when_pending", "pause_states"),
            *("reopening", "is_active"),
        )
        labels = {
            "name": _("Name"),
            "calendar": _("Calendar"),
            "pauses_when_pending": _("Clocks pause while a ticket waits"),
            "reopening": _("When a ticket is reopened"),
            "is_active": _("Active"),
        }
        help_texts = {"is_active": _("An inactive SLA keeps its figures but is promised to nobody.")}
        error_messages = {"name": {"unique": _("There is already an SLA with this name.")}}

    def __init__(self, *args, days: Days, **kwargs) -> None:
        initial = {**_written(kwargs["instance"], days), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, label_suffix="", initial=initial, **kwargs)
        self.days = days
        self.fields["calendar"].choices = days.choices(gettext("That of the queue"))
        self.fields["pause_states"].choices = [(state.pk, gettext(state.name)) for state in _states(self.instance)]

    @property
    def calendar_id(self) -> int | None:
        """The chosen one, before anything has been checked."""
        value = str(self["calendar"].value() or "")
        return int(value) if value.isdecimal() and len(value) < 19 else None

    @property
    def is_matching(self) -> bool:
        return self["applies"].value() == MATCHING

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def clean_warnings(self) -> list[int]:
        return read_percentages(self.cleaned_data["warnings"])

    def clean_levels(self) -> list[int]:
        return read_spans(self.cleaned_data["levels"], day=self.days.of(self.calendar_id))


def read_percentages(text: str) -> list[int]:
    """In order. Raises `ValidationError`."""
    parts = [part.strip().rstrip("%").strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not all(part.isdecimal() and len(part) < 3 and int(part) for part in parts):
        raise ValidationError(gettext("Percentages are numbers from 1 to 99."))
    if len(parts) > MOST_WARNINGS:
        raise ValidationError(gettext("That is too many."))
    return sorted({int(part) for part in parts})


def read_spans(text: str, *, day: int) -> list[int]:
    """In order. Raises `ValidationError`."""
    try:
        found = {read_span(part, day=day) for part in _BETWEEN_SPANS.split(text) if part.strip()}
    except ValueError as error:
        raise ValidationError(gettext("Write 30 min, 4 h or 2 d.")) from error
    if len(found) > MOST_LEVELS:
        raise ValidationError(gettext("That is too many."))
    return sorted(found)


def write_percentages(values: list[int]) -> str:
    return ", ".join(f"{value} %" for value in values)


def write_spans(values: list[int], *, day: int) -> str:
    return "; ".join(written_duration(value, day=day) for value in values)


def _written(policy: Policy, days: Days) -> dict[str, Any]:
    day = days.of(policy.calendar_id)
    is_chosen = policy.pk is not None and policy.condition is None
    return {
        "applies": CHOSEN if is_chosen else MATCHING,
        "warnings": write_percentages(policy.warnings),
        "levels": write_spans(policy.levels, day=day),
    }


def _states(policy: Policy) -> list[State]:
    """In which work goes on; clocks pause in the waiting ones and stop in the closed ones anyway."""
    working = State.objects.filter(type__in=(StateType.NEW, StateType.OPEN))
    return [state for state in working if state.is_active or state.pk in policy.pause_states]
