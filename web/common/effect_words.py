"""Effects (automation/effects.py) as sentences, with the names of what they name asked for once for all of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from automation.effects import Values, known_effects, sentence_of
from automation.naming import names_known


def effects_in_words(effects: Sequence[Values]) -> list[str]:
    with names_known(named_in(effects)):
        return [sentence_of(values) for values in effects]


def named_in(effects: Iterable[Values]) -> Iterable[tuple[str, Any]]:
    """The rows that effects name, as `names_known` takes them."""
    known = known_effects()
    for values in effects:
        effect = known.get(str(values.get("do")))
        for ask in effect.asks if effect else ():
            yield ask.kind, values.get(ask.name)
