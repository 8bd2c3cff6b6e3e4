"""What may be written about rules, schedules and macros. What fits together is the domain's to say."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from api.v1.levels.forms import ConditionField, can_be_kept
from automation.effects import MAX_EFFECTS, EffectError, check_effects
from automation.happenings import HAPPENINGS
from automation.models import Macro
from automation.models.schedule import MOST
from tickets.models import Queue

EFFECTS = {
    "type": "array",
    "maxItems": MAX_EFFECTS,
    "items": {
        "type": "object",
        "required": ["do"],
        "properties": {"do": {"type": "string", "description": "The name of an effect: see `listEffects`."}},
        "additionalProperties": True,
    },
    "examples": [[{"do": "tag", "tags": ["outage"]}, {"do": "priority", "to": 5}]],
}
MOST_QUEUES = MOST_ROLES = 200
LONGEST_TRIAL = 90


@extend_schema_field(EFFECTS)
class EffectsField(serializers.Field):
    """Effects in their order. What is wrong is named by its place: `effects.1.to`."""

    default_error_messages = {  # noqa: RUF012
        "list": _("Effects are a list."),
        "text": _("It contains characters that no text may have."),
    }

    def __init__(self, *, for_person: bool = False, **kwargs: Any) -> None:
        self.for_person = for_person
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        if not isinstance(data, list):
            self.fail("list")
        if not can_be_kept(data):
            self.fail("text")
        try:
            check_effects(data, for_person=self.for_person)
        except EffectError as error:
            raise serializers.ValidationError(_placed(error)) from error
        return data

    def to_representation(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return value


def _placed(error: EffectError) -> Any:
    said: Any = [str(error)]
    if error.place is None:
        return said
    return {str(error.place): {error.ask: said} if error.ask else said}


def queues_in_use(_context: dict[str, Any]) -> Iterable[Queue]:
    return Queue.objects.active()


def roles(_context: dict[str, Any]) -> Iterable[Group]:
    return Group.objects.all()


def queues_field() -> serializers.ListField:
    child = RowField(queues_in_use)
    text = "Exactly these, with those below them; none: all."
    return serializers.ListField(child=child, max_length=MOST_QUEUES, required=False, help_text=text)


def roles_field() -> serializers.ListField:
    text = "Exactly these; none: everybody."
    return serializers.ListField(child=RowField(roles), max_length=MOST_ROLES, required=False, help_text=text)


def events_field(**options: Any) -> serializers.ListField:
    child = serializers.ChoiceField([*HAPPENINGS])
    return serializers.ListField(
        child=child, max_length=len(HAPPENINGS), help_text="What it listens to: see `listHappenings`.", **options
    )


def position_field() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=100_000, required=False, help_text="Its place among all, counted from 1."
    )


class NewRuleForm(StrictSerializer):
    """A rule: when, if and then."""

    name = TextField(min_length=1, max_length=100)
    description = TextField(max_length=300, allow_blank=True, required=False)
    events = events_field(min_length=1)
    condition = ConditionField(required=False, help_text="With what only events know; empty: always.")
    effects = EffectsField(required=False)
    queues = queues_field()
    stops = FlagField(required=False, help_text="No rule below is asked any more when this one fits.")
    once_per_ticket = FlagField(required=False)
    position = position_field()


class PastForm(StrictSerializer):
    """On which past."""

    days = serializers.IntegerField(min_value=1, max_value=LONGEST_TRIAL, default=7)


class NewScheduleForm(StrictSerializer):
    """Effects over a search at set times."""

    name = TextField(min_length=1, max_length=100)
    is_active = FlagField(required=False, help_text="A new one is paused until somebody switches it on.")
    condition = ConditionField(help_text="Which tickets; it has no event to ask.")
    cron = TextField(max_length=200, help_text="Five fields as in `0 8 * * 1-5`; several lines with semicolons.")
    zone = TextField(max_length=64, required=False, help_text="Such as `Europe/Berlin`; else that of the installation.")
    effects = EffectsField()
    limit = serializers.IntegerField(min_value=1, max_value=MOST, required=False, help_text="Tickets per run at most.")
    once_per_ticket = FlagField(required=False)


class NewMacroForm(StrictSerializer):
    """Effects that an agent runs."""

    name = TextField(min_length=1, max_length=100)
    is_active = FlagField(required=False)
    effects = EffectsField(for_person=True)
    roles = roles_field()
    queues = queues_field()
    key = TextField(max_length=1, allow_blank=True, required=False, help_text="A digit; empty for none.")
    on_ticket = FlagField(required=False, help_text="It is offered on the page of a ticket.")
    in_lists = FlagField(required=False, help_text="It is offered in lists, for selected tickets.")
    then = serializers.ChoiceField(Macro.Then.choices, required=False)
    position = position_field()
