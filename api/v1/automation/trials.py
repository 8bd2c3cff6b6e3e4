"""What rules and schedules would have done and would do, for who reads it: of tickets only what this person may see."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.models import User
from automation.effects import mails_of
from automation.models import Rule, Schedule
from automation.schedules import tickets_for
from automation.trying import Trial, try_rule
from core.counting import counts
from tickets.conditions import ConditionError
from tickets.models import Ticket

SHOWN = 20


def told_trial(rule: Rule, queues: Sequence[int] | None, days: int, reader: User) -> dict[str, Any]:
    """As `RuleTrialShape` shows it."""
    try:
        trial = try_rule(rule, queues=queues, days=days)
    except ConditionError as error:
        raise serializers.ValidationError({"condition": [str(error)]}) from error
    readable = _readable([would.ticket.pk for would in trial.shown], reader)
    facts = ("days", "looked_at", "tickets", "runs", "mails", "unsure", "is_cut", "busy")
    return {
        **{name: getattr(trial, name) for name in facts},
        "effects": [_figures(values, place, trial) for place, values in enumerate(rule.effects)],
        "shown": [would for would in trial.shown if would.ticket.pk in readable],
    }


def told_schedule(schedule: Schedule, reader: User) -> dict[str, Any]:
    """As `ScheduleTrialShape` shows it: now, and as it is, saved or not."""
    try:
        found = tickets_for(schedule)
        number = counts(tickets=found)["tickets"]
        first = list(found.order_by("created_at", "pk").select_related("queue")[: min(SHOWN, schedule.limit)])
    except ConditionError as error:
        raise serializers.ValidationError({"condition": [str(error)]}) from error
    readable = _readable([ticket.pk for ticket in first], reader)
    each = sum(mails_of(values, first[0]) for values in schedule.effects) if first else 0
    now = min(number, schedule.limit)
    shown = [ticket.number for ticket in first if ticket.pk in readable]
    return {"number": number, "now": now, "tickets": shown, "mails": each * now}


def _figures(values: Any, place: int, trial: Trial) -> dict[str, Any]:
    counted = {result: number for (at, result), number in trial.effects.items() if at == place}
    done, nothing = counted.pop("done", 0), counted.pop("nothing", 0)
    return {"effect": values, "done": done, "nothing": nothing, "failed": sum(counted.values())}


def _readable(ids: Sequence[int], reader: User) -> set[int]:
    return set(Ticket.objects.allowing(reader, "read").filter(pk__in=set(ids)).values_list("pk", flat=True))
