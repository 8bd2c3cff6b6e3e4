"""How the audit shows rules: each value as lines, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from automation.happenings import label_of
from web.common.effect_words import effects_in_words
from web.setup.rule_conditions import RuleChoices
from web.setup.rule_words import conditions_in_words


def _condition(condition: Mapping[str, Any]) -> list[str]:
    return [line for line in conditions_in_words([condition], RuleChoices(None)) if line]


def _draft(draft: Mapping[str, Any]) -> list[str]:
    """Changes that wait, as lines: what it listens to, when it holds, what it does."""
    return [
        *(label_of(name) for name in draft.get("events", ())),
        *_condition(draft.get("condition") or {}),
        *effects_in_words(draft.get("effects", [])),
    ]


RULE_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {
    ("automation.rule", "events"): lambda names: [label_of(name) for name in names],
    ("automation.rule", "condition"): _condition,
    ("automation.rule", "effects"): effects_in_words,
    ("automation.rule", "draft"): _draft,
}
