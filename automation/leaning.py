"""What of automation leans on a row of the settings: rules, schedules and macros in use that name it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.models import Role, User
from automation.effects import known_effects
from automation.models import Content, Endpoint, Macro, Rule, Schedule, SurveyRule
from mail.models import AutomaticText
from tickets.models import FieldDefinition, Priority, Queue, ReplyTemplate, Service, Snippet, State, TicketType

# By model: the kinds of questions of effects that are answered by it, and the fields of conditions.
_KINDS: Mapping[type[models.Model], tuple[frozenset[str], frozenset[str]]] = {
    Queue: (frozenset({"queue"}), frozenset({"queue"})),
    State: (frozenset({"state", "closed_state"}), frozenset({"state"})),
    Priority: (frozenset({"priority"}), frozenset({"priority"})),
    TicketType: (frozenset({"type"}), frozenset({"type"})),
    Service: (frozenset({"service"}), frozenset({"service"})),
    User: (frozenset({"agent", "person"}), frozenset({"owner", "responsible", "customer", "event.actor", "watcher"})),
    Role: (frozenset({"role"}), frozenset()),
    ReplyTemplate: (frozenset({"template"}), frozenset()),
    Endpoint: (frozenset({"endpoint"}), frozenset()),
}


def leaning_on(row: models.Model) -> list[Rule | Schedule | Macro]:
    """Those that are not paused, and drafts, by name within each kind; three queries."""
    rules = Rule.objects.exclude(status=Rule.Status.PAUSED).prefetch_related("queues").order_by("name")
    found: list[Rule | Schedule | Macro] = [rule for rule in rules if names(row, rule) or row in rule.queues.all()]
    found += [one for one in Schedule.objects.filter(is_active=True).order_by("name") if names(row, one)]
    macros = Macro.objects.filter(is_active=True).prefetch_related("queues").order_by("name")
    return [*found, *(one for one in macros if names(row, one) or row in one.queues.all())]


def taking_in(content: Content) -> list[models.Model]:
    """Texts in use that name this one, and queues (by their `SurveyRule`) that ask their customers with it."""
    named = f"content.{content.key}"
    found: list[models.Model] = []
    for model in (ReplyTemplate, Snippet, AutomaticText):
        found += model._default_manager.filter(is_active=True, body__contains=named)
    inside = Content.objects.filter(is_active=True).exclude(pk=content.pk).annotate(all=Cast("texts", TextField()))
    found += inside.filter(all__contains=named)
    return [*found, *SurveyRule.objects.filter(text=content, is_on=True).select_related("queue")]


def names(row: models.Model, one: Rule | Schedule | Macro) -> bool:
    """Whether an effect or the condition names the row."""
    condition = getattr(one, "condition", None) or {}
    if isinstance(row, FieldDefinition):
        asked = any(leaf.get("field") == f"field.{row.key}" for leaf in _leaves(condition))
        return asked or any(row.key in (values.get("values") or {}) for values in _effects(one))
    kinds, fields = _KINDS.get(type(row), (frozenset(), frozenset()))
    if any(_answers(values, kinds, row.pk) for values in _effects(one)):
        return True
    return any(leaf.get("field") in fields and _compares(leaf, row) for leaf in _leaves(condition))


def _effects(one: Rule | Schedule | Macro) -> Sequence[Mapping[str, Any]]:
    return [values for values in one.effects if isinstance(values, Mapping)]


def _answers(values: Mapping[str, Any], kinds: frozenset[str], pk: Any) -> bool:
    effect = known_effects().get(str(values.get("do")))
    return effect is not None and any(ask.kind in kinds and values.get(ask.name) == pk for ask in effect.asks)


def _compares(leaf: Mapping[str, Any], row: models.Model) -> bool:
    wanted = {row.pk, row.email if isinstance(row, User) else str(row)}
    operands = [operand for name, operand in leaf.items() if name != "field"]
    flat = [each for operand in operands for each in (operand if isinstance(operand, list) else [operand])]
    return any(each in wanted for each in flat if isinstance(each, int | str) and not isinstance(each, bool))


def _leaves(node: Any) -> Iterable[Mapping[str, Any]]:
    if not isinstance(node, Mapping):
        return
    if "field" in node:
        yield node
    for part in [*(node.get("all") or []), *(node.get("any") or []), node.get("not")]:
        yield from _leaves(part)
