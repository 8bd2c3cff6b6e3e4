"""How rules, schedules, macros and what they did are shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.automation.forms import EFFECTS
from api.v1.shapes import PersonShape, RowShape
from automation.effects import reason
from automation.models import Macro, Rule, RuleRun, ScheduleItem, ScheduleRun
from automation.schedules import next_times
from automation.trying import Would

CONDITION = {"type": "object", "description": "In the language of conditions; empty holds always."}


@extend_schema_field(EFFECTS)
class EffectsShown(serializers.JSONField):
    """Effects in their order."""


@extend_schema_field(CONDITION)
class ConditionShown(serializers.JSONField):
    """A condition."""


@extend_schema_field({"type": ["object", "null"]})
class DraftShown(serializers.JSONField):
    """Changes that wait."""


class RuleShape(RowShape):
    description = serializers.CharField()
    status = serializers.ChoiceField(Rule.Status.choices)
    position = serializers.IntegerField(help_text="Rules are asked in this order; numbers may be missing.")
    events = serializers.ListField(child=serializers.CharField())
    condition = ConditionShown()
    effects = EffectsShown()
    queues = RowShape(many=True, source="queues.all", help_text="With those below them; none: all.")
    stops = serializers.BooleanField()
    once_per_ticket = serializers.BooleanField()
    draft = DraftShown(help_text="Changes that wait to be published; null: none.")
    changed_at = serializers.DateTimeField()


class EffectOutcomeShape(serializers.Serializer):
    effect = serializers.DictField()
    result = serializers.CharField(help_text="done, nothing, refused, waiting (for another try), failed or stopped.")
    reason = serializers.SerializerMethodField(help_text="Why not; empty when it was done.")

    def get_reason(self, said: dict[str, Any]) -> str:
        return reason(said["code"]) if said.get("code") else ""


class RuleRunShape(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    ticket = serializers.CharField(source="ticket.number", help_text="Its number.")
    event = serializers.IntegerField(source="event_id", help_text="In the history of the ticket.")
    outcome = serializers.ChoiceField(RuleRun.Outcome.choices)
    conditions = serializers.JSONField(help_text="Each part of the condition as it is nested, with `held`.")
    effects = EffectOutcomeShape(many=True)
    milliseconds = serializers.FloatField()


class RetriedShape(serializers.Serializer):
    tried = serializers.IntegerField(help_text="How many are tried again.")


class EffectFiguresShape(serializers.Serializer):
    """How often an effect would have been done, would have changed nothing, and would not have been possible."""

    effect = serializers.DictField()
    done = serializers.IntegerField()
    nothing = serializers.IntegerField()
    failed = serializers.IntegerField()


class WouldShape(serializers.Serializer):
    ticket = serializers.CharField(source="ticket.number")
    event = serializers.SerializerMethodField(help_text="null: one that the rule itself would have caused.")
    outcome = serializers.ChoiceField(RuleRun.Outcome.choices)
    effects = EffectOutcomeShape(many=True)
    mails = serializers.IntegerField()

    def get_event(self, would: Would) -> int | None:
        return None if would.caused else would.event.pk


class RuleTrialShape(serializers.Serializer):
    """Nothing of it stays, and nothing leaves."""

    days = serializers.IntegerField()
    looked_at = serializers.IntegerField(help_text="Tickets that something happened to.")
    tickets = serializers.IntegerField(help_text="Tickets that it would have touched.")
    runs = serializers.IntegerField()
    mails = serializers.IntegerField(help_text="That would have been sent.")
    effects = EffectFiguresShape(many=True)
    shown = WouldShape(many=True, help_text="Of the tickets that the token's person may read, 200 at most.")
    unsure = serializers.ListField(
        child=serializers.CharField(), help_text="Fields of which the past is not known: compared as they are today."
    )
    is_cut = serializers.BooleanField(help_text="There was too much to look at all of it.")
    busy = serializers.IntegerField(help_text="Tickets that others were changing, and that are left out for it.")


class ScheduleShape(RowShape):
    is_active = serializers.BooleanField()
    condition = ConditionShown()
    cron = serializers.CharField()
    zone = serializers.CharField()
    effects = EffectsShown()
    limit = serializers.IntegerField(help_text="Tickets per run at most, the oldest first.")
    once_per_ticket = serializers.BooleanField()
    next_at = serializers.DateTimeField(allow_null=True, help_text="null while it is paused.")
    next_times = serializers.SerializerMethodField(help_text="The next few times of its line, paused or not.")

    @extend_schema_field({"type": "array", "items": {"type": "string", "format": "date-time"}})
    def get_next_times(self, schedule: Any) -> list[Any]:
        moment = serializers.DateTimeField()
        return [moment.to_representation(each) for each in next_times(schedule.cron, schedule.zone)]


class ScheduleTrialShape(serializers.Serializer):
    """What a run would deal with now."""

    number = serializers.IntegerField(help_text="Tickets that fit, counted no further than lists count.")
    now = serializers.IntegerField(help_text="How many of them one run would deal with.")
    tickets = serializers.ListField(
        child=serializers.CharField(), help_text="Numbers of the first, as far as the token's person may read them."
    )
    mails = serializers.IntegerField(help_text="That would be sent, as for the first of them.")


class ScheduleRunShape(serializers.Serializer):
    id = serializers.IntegerField()
    due_for = serializers.DateTimeField(allow_null=True, help_text="null: a person asked for it.")
    asked_by = PersonShape(allow_null=True)
    missed = serializers.IntegerField(help_text="Further times that had passed when it began.")
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    is_given_up = serializers.SerializerMethodField(help_text="It failed several times; it may be tried again.")
    total = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Tickets that it has changed; known when it is over.")
    failed = serializers.IntegerField()
    is_limited = serializers.BooleanField(help_text="More tickets fitted than one run takes.")
    problem = serializers.SerializerMethodField(help_text="Why it did not deal with all; empty else.")

    def get_is_given_up(self, run: ScheduleRun) -> bool:
        return run.parked_at is not None

    def get_problem(self, run: ScheduleRun) -> str:
        return str(run.get_problem_display()) % {"detail": run.last_error} if run.problem else ""


class ScheduleItemShape(serializers.Serializer):
    ticket = serializers.CharField(source="ticket.number")
    state = serializers.ChoiceField(ScheduleItem.State.choices)
    reason = serializers.SerializerMethodField(help_text="Why it was not possible; empty else.")

    def get_reason(self, item: ScheduleItem) -> str:
        return reason(item.reason) if item.reason else ""


class MacroSettingShape(RowShape):
    is_active = serializers.BooleanField()
    position = serializers.IntegerField(help_text="Macros are offered in this order; numbers may be missing.")
    effects = EffectsShown()
    roles = RowShape(many=True, source="roles.all", help_text="None: everybody.")
    queues = RowShape(many=True, source="queues.all", help_text="With those below them; none: all.")
    key = serializers.CharField()
    on_ticket = serializers.BooleanField()
    in_lists = serializers.BooleanField()
    then = serializers.ChoiceField(Macro.Then.choices)


class AskShape(serializers.Serializer):
    """One thing that an effect must know: under `name` it stands in the effect."""

    name = serializers.CharField()
    kind = serializers.CharField(help_text="What it is: queue, agent, text, span, choice ...; rows by their id.")
    label = serializers.CharField()
    required = serializers.BooleanField()
    choices = serializers.SerializerMethodField(help_text="Of the kind `choice`.")

    @extend_schema_field({"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}})
    def get_choices(self, ask: Any) -> list[Any]:
        return [value for value, _label in ask.choices]


class EffectShape(serializers.Serializer):
    """Something that automation may do: `{"do": name, ...}`."""

    name = serializers.CharField()
    label = serializers.CharField(help_text="In the language of the token's person.")
    asks = AskShape(many=True)
    needs_person = serializers.BooleanField(help_text="In macros alone.")


class HappeningShape(serializers.Serializer):
    """Something that rules and webhooks may listen to."""

    name = serializers.CharField()
    label = serializers.CharField(help_text="In the language of the token's person.")
    group = serializers.CharField()
