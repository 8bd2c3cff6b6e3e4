"""Which words of a text tell articles apart: rare ones, which some article has, and frequent ones that come together.

How rare a word is, is counted among what visitors may read: what somebody may not read must not show in what he gets.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQueryField
from django.db import connection
from django.db.models import F
from django.db.models.expressions import RawSQL

from core.text import fold, strip_nul
from knowledge.matching import Having
from knowledge.queries import TranslationQuerySet
from tickets.asked import Sql
from tickets.passages import stemmer_of

# Characters of a text that are looked at, and words of it that are looked up.
READ, LOOKED_UP = 4_000, 16
# How many rare words decide, and how many frequent ones, of which two must come together.
RARE, FREQUENT = 5, 4
# A word that more articles have than this part of all is frequent, but no word that fewer than so many have.
FREQUENT_PART, FEW = 0.2, 5
# More than this are not counted: such a word is frequent.
COUNTED = 120
# Of the weight of rare words: one in a title is enough, or two in the text, and one in the text seldom is.
ENOUGH = 0.39

# The stems of the text, and codes and numbers as they are, in their order.
_WORDS = r"""
    SELECT lexeme, min(place) AS place FROM (
        SELECT lexeme, positions[1] AS place FROM unnest(to_tsvector(%s::regconfig, %s))
        UNION ALL
        SELECT lexeme, positions[1] FROM unnest(to_tsvector('simple', %s)) WHERE lexeme ~ '[0-9]'
    ) said
    WHERE length(lexeme) > 1 AND strpos(lexeme, E'\\') = 0
    GROUP BY lexeme ORDER BY place LIMIT %s
"""


class Count(NamedTuple):
    """A word, in how many articles for everybody it stands, and whether in any that the reader may read."""

    word: str
    articles: int
    is_known: bool


@dataclass(frozen=True)
class Telling:
    """Rows with any of the rare words, and from which score on these fit at all; rows with two frequent words in the
    title or summary; how well a row fits."""

    rare: Sql | None
    pairs: Sql | None
    score: Sql
    enough: float


def telling_words(
    text: str, language: str, *, public: TranslationQuerySet, readable: TranslationQuerySet
) -> Telling | None:
    """None where nothing in the text leads to an article. `public` is what visitors may read, `readable` the reader."""
    text = strip_nul(text)[:READ]
    words = Sql(_WORDS, [stemmer_of(language), text, fold(text), str(LOOKED_UP)])
    return _telling(*chosen(_counts(words, public, readable), all_articles=_counted(public)))


def chosen(counts: Sequence[Count], *, all_articles: int) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The rare words and the frequent ones that decide, each with its weight: the rarer, the more."""
    most = max(FEW, min(all_articles * FREQUENT_PART, COUNTED - 1))
    known = [count for count in counts if count.is_known]
    rare = sorted((count for count in known if count.articles <= most), key=lambda count: count.articles)[:RARE]
    frequent = [count for count in known if count.articles > most][:FREQUENT]
    return _weighed(rare, all_articles), _weighed(frequent, all_articles)


def _weighed(counts: Sequence[Count], all_articles: int) -> dict[str, float]:
    return {count.word: math.log(1 + max(all_articles, 1) / max(count.articles, 1)) for count in counts}


def _counted(public: TranslationQuerySet) -> int:
    """How many articles there are, for the part that a word has of them; more than this makes no difference."""
    return public.order_by()[: round(COUNTED / FREQUENT_PART)].count()


def _counts(words: Sql, public: TranslationQuerySet, readable: TranslationQuerySet) -> list[Count]:
    """Counted by the index, one word after the other, in one statement."""
    having = Having(F("words"), RawSQL("quote_literal(asked.lexeme)::tsquery", [], SearchQueryField()))
    counted, counted_values = _sql(public.filter(having).order_by()[:COUNTED])
    # Who looks for the first one only is led through all articles: counting goes by the index.
    known, known_values = _sql(readable.filter(having).order_by())
    statement = f"""
        WITH asked AS ({words.text}),
        counted AS MATERIALIZED (SELECT *, (SELECT count(*) FROM ({counted}) few) AS articles FROM asked)
        SELECT lexeme, articles, CASE WHEN articles > 0 THEN true ELSE (SELECT count(*) > 0 FROM ({known}) one) END
        FROM counted AS asked ORDER BY place
    """  # noqa: S608 - constants of this file and querysets
    with connection.cursor() as cursor:
        cursor.execute(statement, [*words.values, *counted_values, *known_values])
        return [Count(*row) for row in cursor.fetchall()]


def _sql(rows: TranslationQuerySet) -> tuple[str, Sequence[Any]]:
    sql, values = rows.values("pk").query.sql_with_params()
    return sql, values


def _telling(rare: Mapping[str, float], frequent: Mapping[str, float]) -> Telling | None:
    weights, pairs = {**rare, **frequent}, list(combinations(frequent, 2))
    if not rare and not pairs:
        return None
    pair_words = [word for pair in pairs for word in pair]
    return Telling(
        rare=Sql(" || ".join([_WORD] * len(rare)), list(rare)) if rare else None,
        pairs=Sql(" || ".join([f"({_WORD} && {_WORD})"] * len(pairs)), pair_words) if pairs else None,
        score=Sql(" + ".join([_SCORE] * len(weights)), [value for pair in weights.items() for value in pair[::-1]]),
        enough=ENOUGH * (max(rare.values(), default=0) + min(rare.values(), default=0)) / 2,
    )


_WORD = "quote_literal(%s)::tsquery"
# Each word by where it stands and how often: once in a text gives 0.2, once in a title 0.6, often in a text up to 0.33.
_SCORE = f"%s::float8 * ts_rank('{{0.33, 0.33, 0.66, 1.0}}', words, {_WORD})"
