"""What tests of rules share: rules in one line, and events handed to them as a worker would."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from automation.models import Rule, RuleRun
from automation.rule_handlers import run_rules
from automation.ruling import publish, save_rule
from tickets.models import Event, Queue, Ticket

# More than this is no end.
BOUND = 3_000


def draft(name: str, events: list[str], effects: list[dict[str, Any]], condition: Any = None, **more: Any) -> Rule:
    return Rule(name=name, events=events, effects=effects, condition=condition or {}, **more)


def active(rule: Rule, *, by: User, queues: Iterable[Queue] = ()) -> Rule:
    return publish(save_rule(rule, queues, by=by), by=by)


def last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def react(after: int) -> int:
    """Hand every event since `after` to the rules, and those that come of it; returns how many there were."""
    seen = 0
    while event := Event.objects.select_related("ticket", "article").filter(pk__gt=after).order_by("pk").first():
        run_rules(event)
        after, seen = event.pk, seen + 1
        assert seen < BOUND, "the rules never end"
    return seen


def runs_on(ticket: Ticket) -> list[tuple[str, str]]:
    return list(RuleRun.objects.filter(ticket=ticket).order_by("pk").values_list("rule_name", "outcome"))
