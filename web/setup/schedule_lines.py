"""How the audit shows schedules and macros: each value as lines, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from web.common.condition_words import in_words
from web.common.effect_words import effects_in_words
from web.setup.admin_choices import AdminChoices


def _condition(condition: Mapping[str, Any]) -> list[str]:
    return in_words([condition], AdminChoices(None)) if condition else []


SCHEDULE_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {
    ("automation.schedule", "condition"): _condition,
    ("automation.schedule", "effects"): effects_in_words,
    ("automation.macro", "effects"): effects_in_words,
}
