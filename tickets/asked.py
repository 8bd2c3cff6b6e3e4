"""The words somebody searches for, as a query of PostgreSQL's full-text search over several languages.

A word counts as it is written and by its stem in each language. One that only joins others in some language ("the",
"die") is left out, unless there is nothing else.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.text import fold
from tickets.passages import STEMMERS

MAX_QUERY = 200
_WITH_MINUS = re.compile(r'(?<!\S)-(?:"[^"]*"|[^\s"]+)')
# A phrase or a word; a hyphen before it means nothing here.
_UNIT = re.compile(r'"[^"]*"|[^\s"-][^\s"]*')
# What may be the beginning of a word, when it stands last and alone.
_BEGINNING = re.compile(r"\w{3,}")
# So many words are remembered with their variants, which no setting changes.
_REMEMBERED = 10_000

_VARIANTS = f"""
SELECT unit,
    array_remove(ARRAY[websearch_to_tsquery('simple', folded), {
    ", ".join(f"websearch_to_tsquery('{stemmer}', unit)" for stemmer in STEMMERS.values())
}]::text[], ''),
    {" OR ".join(f"numnode(websearch_to_tsquery('{stemmer}', unit)) = 0" for stemmer in STEMMERS.values())},
    CASE beginning WHEN '' THEN '' ELSE to_tsquery('simple', beginning || ':*')::text END
FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked (unit, folded, beginning)
"""  # noqa: S608 - constants of this file


@dataclass(frozen=True)
class Sql:
    text: str
    values: Sequence[Any]


@dataclass(frozen=True)
class _Variants:
    """What finds a word or phrase, each a query of its own; none where it is no word at all."""

    whole: Sequence[str]
    # What finds the words that begin so; empty where that may not be asked.
    beginning: str
    # Whether it only joins other words in one of the languages.
    joins: bool


_known: dict[str, _Variants] = {}


def parted(text: str) -> tuple[str, str]:
    """The words to find, and those with a minus as alternatives."""
    text = text[:MAX_QUERY].replace("\x00", " ")
    unwanted = " or ".join(word[1:] for word in _WITH_MINUS.findall(text))
    return _WITH_MINUS.sub(" ", text).strip(), unwanted


def as_query(text: str) -> Sql:
    """Any variant of each word; the last one may be the beginning of a word, unless a quotation mark is open."""
    alternatives = _alternatives(text)
    goes_on = alternatives[-1][-1] if alternatives and text.count('"') % 2 == 0 else ""
    return _query(alternatives, goes_on=goes_on)


def variants(text: str) -> Sql:
    """Any variant of each word, all of them whole."""
    return _query(_alternatives(text), goes_on="")


def _alternatives(text: str) -> list[list[str]]:
    """`a b or "c d"` as `[["a", "b"], ['"c d"']]`."""
    alternatives: list[list[str]] = [[]]
    for unit in _UNIT.findall(text):
        if unit.lower() == "or":
            alternatives.append([])
        else:
            alternatives[-1].append(unit)
    return [units for units in alternatives if units]


def _query(alternatives: Sequence[Sequence[str]], *, goes_on: str) -> Sql:
    """Word by word, because the index answers that twice as fast as all words in one language after the other."""
    known = _with_variants({unit for units in alternatives for unit in units})
    asked = []
    for units in alternatives:
        found = [_one_of(known[unit], goes_on=unit == goes_on) for unit in _telling(units, known)]
        asked.append(" & ".join(f"({each})" for each in found))
    return Sql("%s::tsquery", [" | ".join(f"({each})" for each in asked if each)])


def _telling(units: Sequence[str], known: Mapping[str, _Variants]) -> list[str]:
    words = [unit for unit in units if known[unit].whole]
    return [unit for unit in words if not known[unit].joins] or words


def _one_of(variants: _Variants, *, goes_on: bool) -> str:
    queries = [*variants.whole, variants.beginning] if goes_on and variants.beginning else variants.whole
    return " | ".join(f"({query})" for query in dict.fromkeys(queries))


def _with_variants(units: Iterable[str]) -> Mapping[str, _Variants]:
    """The database is asked for those that this process has not met yet."""
    units = set(units)
    # asked once each: another thread may forget them all
    found = {unit: known for unit in units if (known := _known.get(unit))}
    if new := sorted(units - found.keys()):
        folded = [fold(unit) for unit in new]
        beginnings = [word if _BEGINNING.fullmatch(word) else "" for word in folded]
        with connection.cursor() as cursor:
            cursor.execute(_VARIANTS, [new, folded, beginnings])
            found |= {unit: _Variants(whole, begun, joins) for unit, whole, joins, begun in cursor.fetchall()}
        if len(_known) > _REMEMBERED:
            _known.clear()
        _known.update(found)
    return found
