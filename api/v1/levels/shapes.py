"""How service levels are shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.shapes import RowShape
from core.clock import now
from sla.cases import timer_of
from sla.models import Clock, Entry, EntryKind, Kind, Policy, Reopening, State
from sla.standing import Look, Standing, standing_of
from sla.terms import hours_of
from tickets import models as tickets
from tickets.sentences import sentence_of

HOURS = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
    "examples": [{"mon": [["08:00", "12:00"], ["13:00", "17:00"]], "fri": [["22:00", "06:00"]]}],
}
OWN_DAYS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "hours": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        },
    },
    "examples": [{"2030-12-24": {"name": "Christmas Eve", "hours": [["08:00", "12:00"]]}}],
}


@extend_schema_field(HOURS)
class WeekField(serializers.JSONField):
    """Ranges by weekday."""


@extend_schema_field(OWN_DAYS)
class DaysField(serializers.JSONField):
    """Single days with their names and hours."""


class CalendarShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    zone = serializers.CharField(help_text="As in the time zone database: `Europe/Berlin`.")
    hours = WeekField(help_text="Ranges by weekday, `mon` to `sun`.")
    country = serializers.CharField(help_text="Whose public holidays are closed days; empty for none.")
    region = serializers.CharField(help_text="Of the country, as in ISO 3166-2.")
    own_days = DaysField(help_text="Days with hours of their own, or with none; they win over public holidays.")
    is_default = serializers.BooleanField(help_text="Taken where neither target, SLA nor queue names one.")


class TargetShape(serializers.Serializer):
    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in Kind.of_policies()])
    priority = RowShape(allow_null=True, help_text="null: all priorities without a target of their own.")
    seconds = serializers.IntegerField(
        allow_null=True, help_text="Of business time; null: no such target for this priority."
    )
    calendar = RowShape(allow_null=True)


class SlaShape(RowShape):
    name = serializers.CharField()
    position = serializers.IntegerField(help_text="The first active one whose condition holds is that of a ticket.")
    is_active = serializers.BooleanField()
    condition = serializers.DictField(
        allow_null=True, help_text="In the language of conditions; administrators see it."
    )
    calendar = RowShape(allow_null=True)
    targets = TargetShape(many=True, source="targets.all")
    warnings = serializers.ListField(child=serializers.IntegerField(), help_text="Per cent of the target.")
    levels = serializers.ListField(
        child=serializers.IntegerField(), help_text="Seconds of business time after the breach."
    )
    pauses_when_pending = serializers.BooleanField()
    pause_states = serializers.SerializerMethodField(help_text="Further states in which clocks pause.")
    reopening = serializers.ChoiceField(Reopening.choices)

    @extend_schema_field(RowShape(many=True))
    def get_pause_states(self, policy: Policy) -> list[dict[str, Any]]:
        if "states" not in self.context:
            self.context["states"] = tickets.State.objects.in_bulk()
        states = self.context["states"]
        return [RowShape(states[pk]).data for pk in policy.pause_states if pk in states]

    def to_representation(self, policy: Policy) -> dict[str, Any]:
        shown = super().to_representation(policy)
        if not self.context["request"].user.is_administrator:
            shown["condition"] = None
        return shown


class StayShape(serializers.Serializer):
    priority = RowShape(allow_null=True, help_text="null: all priorities without a target of their own.")
    seconds = serializers.IntegerField(allow_null=True, help_text="Of business time; null: none for this priority.")


class QueueHoursShape(serializers.Serializer):
    queue = RowShape()
    calendar = RowShape(allow_null=True, help_text="null, as everywhere here: that of the queue above.")
    sla = RowShape(source="policy", allow_null=True, help_text="For tickets that no condition is for.")
    unlock_after = serializers.IntegerField(allow_null=True, help_text="Seconds of business time; 0 for never.")
    stays = StayShape(many=True, source="targets.all", help_text="How long a ticket may stay in the queue.")
    warnings = serializers.ListField(child=serializers.IntegerField(), help_text="Per cent of the target.")
    levels = serializers.ListField(
        child=serializers.IntegerField(), help_text="Seconds of business time after the breach."
    )


class MarkShape(serializers.Serializer):
    name = serializers.CharField(help_text="`w75` at 75 per cent, `breach`, `l1` for the first level after it.")
    seconds = serializers.IntegerField(help_text="Business time after which it is reached.")
    at = serializers.DateTimeField(allow_null=True, help_text="null while the clock stands still.")


class EntryShape(serializers.Serializer):
    kind = serializers.ChoiceField(EntryKind.choices)
    at = serializers.DateTimeField()
    spent = serializers.IntegerField(help_text="The sum up to then, in seconds of business time.")
    target = serializers.SerializerMethodField(help_text="Of starts and new targets.")
    mark = serializers.SerializerMethodField(help_text="Of marks.")
    event = serializers.IntegerField(source="event_id", allow_null=True, help_text="In the history of the ticket.")
    sentence = serializers.SerializerMethodField(help_text="What the event says; empty without one.")

    def get_target(self, entry: Entry) -> int | None:
        return entry.promise["target"] if entry.promise else None

    def get_mark(self, entry: Entry) -> str | None:
        return entry.note if entry.kind == EntryKind.MARK else None

    def get_sentence(self, entry: Entry) -> str:
        return sentence_of(entry.event) if entry.event else ""


class ClockShape(serializers.Serializer):
    """Seconds are business time, moments are real time."""

    id = serializers.IntegerField(source="clock.pk")
    kind = serializers.ChoiceField(Kind.choices)
    state = serializers.ChoiceField(State.choices, source="clock.state")
    standing = serializers.ChoiceField([(look.value, look.value) for look in Look], source="look")
    sla = RowShape(source="clock.policy", allow_null=True)
    calendar = RowShape(source="clock.calendar.calendar", allow_null=True, default=None)
    since = serializers.DateTimeField(source="clock.since", help_text="What it is about began then.")
    target = serializers.IntegerField()
    spent = serializers.IntegerField()
    late_by = serializers.SerializerMethodField(help_text="Over the target; below 0 what is or was left.")
    due_at = serializers.DateTimeField(allow_null=True, help_text="null while it stands still.")
    ended_at = serializers.DateTimeField(source="clock.ended_at", allow_null=True)
    next_mark = serializers.SerializerMethodField()
    journal = EntryShape(many=True, source="clock.entries.all")

    def get_late_by(self, standing: Standing) -> int:
        return -standing.left

    @extend_schema_field(MarkShape(allow_null=True))
    def get_next_mark(self, standing: Standing) -> dict[str, Any] | None:
        timer = timer_of(standing.clock)
        mark = timer.next_mark()
        if mark is None or not timer.is_going:
            return None
        return MarkShape({"name": mark[0], "seconds": mark[1], "at": timer.fires_at(hours_of)}).data

    def to_representation(self, clock: Clock) -> dict[str, Any]:
        return super().to_representation(standing_of(clock, now()))
