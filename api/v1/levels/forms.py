"""What may be written about service levels, and the rows that it becomes. What fits together is the domain's to say."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from api.v1.levels.shapes import HOURS, OWN_DAYS
from sla.models import Calendar, Kind, Policy, QueueTarget, Reopening, Target
from sla.models.policy import LONGEST_SECONDS
from tickets.models import Priority, State

MOST_TARGETS, MOST_STATES = 100, 50
LARGEST_POSITION = 32_767
DEEPEST = 40


def _calendars(_context: dict[str, Any]) -> Iterable[Calendar]:
    return Calendar.objects.all()


def _policies(_context: dict[str, Any]) -> Iterable[Policy]:
    return Policy.objects.all()


def _priorities(_context: dict[str, Any]) -> Iterable[Priority]:
    return Priority.objects.all()


def _states(_context: dict[str, Any]) -> Iterable[State]:
    return State.objects.all()


def _seconds(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=60, max_value=LONGEST_SECONDS, **options)


def _percentages() -> serializers.ListField:
    child = serializers.IntegerField(min_value=1, max_value=99)
    return serializers.ListField(child=child, max_length=5, required=False, help_text="Per cent of the target.")


def _levels() -> serializers.ListField:
    return serializers.ListField(
        child=_seconds(), max_length=10, required=False, help_text="Seconds of business time after the breach."
    )


class ObjectField(serializers.JSONField):
    """An object; what is in it is the domain's to say."""

    default_error_messages = {  # noqa: RUF012
        "object": _("Enter an object."),
        "text": _("It contains characters that no text may have."),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("object")
        if not can_be_kept(data):
            self.fail("text")
        return super().to_internal_value(data)


@extend_schema_field(HOURS)
class WeekField(ObjectField):
    """Ranges by weekday."""


@extend_schema_field(OWN_DAYS)
class DaysField(ObjectField):
    """Single days with their names and hours."""


@extend_schema_field({"type": "object"})
class ConditionField(ObjectField):
    """A condition as JSON."""


class NewCalendarForm(StrictSerializer):
    """A calendar; what is left out stays empty."""

    name = TextField(min_length=1, max_length=100)
    zone = TextField(min_length=1, max_length=64, required=False, help_text="`UTC` when left out.")
    hours = WeekField(required=False)
    country = TextField(max_length=2, allow_blank=True, required=False)
    region = TextField(max_length=10, allow_blank=True, required=False)
    own_days = DaysField(required=False)
    is_default = FlagField(required=False)


class ChangedCalendarForm(NewCalendarForm):
    """Any of these; what is not named stays as it is."""

    name = TextField(min_length=1, max_length=100, required=False)


class NewStayForm(StrictSerializer):
    """How long a ticket may stay."""

    priority = RowField(_priorities, required=False, allow_null=True)
    seconds = _seconds(allow_null=True)


class NewTargetForm(NewStayForm):
    """So much business time for one kind of clock."""

    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in Kind.of_policies()])
    calendar = RowField(_calendars, required=False, allow_null=True)


class NewSlaForm(StrictSerializer):
    """An SLA with all its targets."""

    name = TextField(min_length=1, max_length=100)
    position = serializers.IntegerField(min_value=0, max_value=LARGEST_POSITION, required=False)
    is_active = FlagField(required=False)
    condition = ConditionField(required=False, allow_null=True)
    calendar = RowField(_calendars, required=False, allow_null=True)
    targets = NewTargetForm(many=True, required=False, max_length=MOST_TARGETS, help_text="Exactly these.")
    warnings = _percentages()
    levels = _levels()
    pauses_when_pending = FlagField(required=False)
    pause_states = serializers.ListField(child=RowField(_states), max_length=MOST_STATES, required=False)
    reopening = serializers.ChoiceField(Reopening.choices, required=False)

    def validate_pause_states(self, states: Sequence[State]) -> list[int]:
        return [state.pk for state in states]

    def validate_targets(self, targets: Sequence[dict[str, Any]]) -> list[Target]:
        rows = [Target(**values) for values in targets]
        _refuse_doubles([(row.kind, row.priority_id) for row in rows])
        return rows


class ChangedSlaForm(NewSlaForm):
    """Any of these; what is not named stays as it is."""

    name = TextField(min_length=1, max_length=100, required=False)


class ChangedQueueHoursForm(StrictSerializer):
    """Any of these; what is not named stays as it is."""

    calendar = RowField(_calendars, required=False, allow_null=True)
    sla = RowField(_policies, required=False, allow_null=True, source="policy")
    unlock_after = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_SECONDS,
        required=False,
        allow_null=True,
        help_text="Seconds of business time; 0 for never.",
    )
    stays = NewStayForm(many=True, required=False, max_length=MOST_TARGETS, help_text="Exactly these.")
    warnings = _percentages()
    levels = _levels()

    def validate_stays(self, stays: Sequence[dict[str, Any]]) -> list[QueueTarget]:
        rows = [QueueTarget(**values) for values in stays]
        _refuse_doubles([row.priority_id for row in rows])
        return rows


def can_be_kept(value: Any, *, depth: int = 0) -> bool:
    """As JSON in the database: no NUL, nothing that is no character, nothing nested without end."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth < DEEPEST and all(can_be_kept(part, depth=depth + 1) for part in parts)


def _refuse_doubles(keys: Sequence[Any]) -> None:
    if len(set(keys)) != len(keys):
        raise serializers.ValidationError(_("There are two targets for the same kind and priority."))
