"""How the audit shows webhooks and alert sources: each value as lines, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from automation.alert_words import severity
from automation.happenings import label_of
from tickets.models import Priority
from web.common.condition_words import in_words
from web.setup.admin_choices import AdminChoices


def _condition(condition: Mapping[str, Any]) -> list[str]:
    return in_words([condition], AdminChoices(None)) if condition else []


def _events(names: list[str]) -> list[str]:
    return [label_of(name) for name in names]


def _priorities(chosen: Mapping[str, int]) -> list[str]:
    names = dict(Priority.objects.values_list("pk", "name"))
    return [f"{severity(name)}: {_(names[pk])}" for name, pk in chosen.items() if pk in names]


CHANNEL_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {
    ("automation.endpoint", "condition"): _condition,
    ("automation.endpoint", "events"): _events,
    ("automation.alertsource", "priorities"): _priorities,
}
