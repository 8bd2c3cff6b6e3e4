"""Rules in words: one sentence each, for their page and the list, with names asked for once for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from automation.effects import Values, sentence_of
from automation.happenings import label_of
from automation.models import Rule
from automation.naming import names_known
from tickets.models import Queue
from web.common.condition_words import in_words
from web.common.effect_words import named_in
from web.setup.rule_conditions import RuleChoices

# With what German labels of happenings begin, besides nouns.
GERMAN_SMALL = frozenset(
    ("Automatische", "Das", "Der", "Die", "Ein", "Eine", "Es", "Irgendetwas", "Jemand", "Niemand", "Sein", "Seine")
)


@dataclass(frozen=True)
class Told:
    """The parts of the sentence; empty where the rule says nothing. `rule` is None for what is only typed."""

    happenings: str
    queues: str
    condition: str
    effects: str
    rule: Rule | None = None


def told(rules: Sequence[Rule], choices: RuleChoices) -> list[Told]:
    """Of rules with their queues prefetched; as many queries for one as for a hundred."""
    words = conditions_in_words([rule.condition for rule in rules], choices)
    with names_known(named_in(values for rule in rules for values in rule.effects)):
        return [
            Told(
                _happenings(rule.events),
                ", ".join(queue.place for queue in rule.queues.all()),
                condition,
                _joined([sentence_of(values) for values in rule.effects]),
                rule,
            )
            for rule, condition in zip(rules, words, strict=True)
        ]


def told_of(
    names: Sequence[str],
    queues: Sequence[int],
    condition: Any,
    effects: Sequence[tuple[Values | None, str]],
    choices: RuleChoices,
) -> Told:
    """What is typed: `effects` as far as they are complete, and the labels of the others."""
    (words,) = conditions_in_words([condition], choices)
    places = [queue.place for queue in Queue.objects.filter(pk__in=queues).order_by("path")] if queues else []
    with names_known(named_in(values for values, _label in effects if values)):
        sentences = [sentence_of(values) if values else label for values, label in effects]
    return Told(_happenings(names), ", ".join(places), words, _joined(sentences))


def conditions_in_words(conditions: Sequence[Any], choices: RuleChoices) -> list[str]:
    """Empty for a condition that always holds."""
    asked = [condition for condition in conditions if not _is_empty(condition)]
    words = iter(in_words(asked, choices))
    return ["" if _is_empty(condition) else next(words) for condition in conditions]


def _is_empty(condition: Any) -> bool:
    return not condition or condition == {"all": []}


def _happenings(names: Iterable[str]) -> str:
    return _(" or ").join(_lowered(label_of(name)) for name in names) or "…"


def _lowered(label: str) -> str:
    """In the middle of a sentence; German nouns keep their capital."""
    is_noun = (get_language() or "").startswith("de") and label.partition(" ")[0] not in GERMAN_SMALL
    return label if is_noun else label[:1].lower() + label[1:]


def _joined(sentences: Sequence[str]) -> str:
    return "; ".join(sentence.rstrip(".") for sentence in sentences) or "…"
