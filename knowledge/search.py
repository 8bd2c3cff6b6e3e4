"""Searching articles: all words must stand in one article in one language, each as it is written or by its stem.

The reader's language comes first; others follow where that finds little. What may be found is what may be read
(knowledge/queries.py), so nobody learns from a search what is hidden.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from knowledge.matching import in_head, in_words, rank
from knowledge.models import Article, Category, Translation
from knowledge.queries import Reader, TranslationQuerySet
from knowledge.suggesting import telling_words
from tickets.asked import Sql, as_query, parted, variants
from tickets.passages import STEMMERS

# Results a search knows of; who needs more of them searches for other words.
MOST = 100
# With fewer results in the reader's language, other languages are searched, too.
FEW = 5
# So many rows are scored for a suggestion.
CANDIDATES = 400
# Characters of a text in which an excerpt looks for the words.
EXCERPTED = 20_000
# What stands around a match while the database makes an excerpt; no text has these.
_OPEN, _CLOSE, _GAP = "\ue000", "\ue001", " … "
_MARKED = re.compile(f"{_OPEN}(.*?){_CLOSE}", re.DOTALL)
_HEADLINE = f"StartSel={_OPEN}, StopSel={_CLOSE}, MaxWords=36, MinWords=18, MaxFragments=2, FragmentDelimiter={_GAP}"
_WHOLE = f"StartSel={_OPEN}, StopSel={_CLOSE}, HighlightAll=true"


@dataclass(frozen=True)
class Segment:
    """A piece of a text, which is one of the words searched for or not."""

    text: str
    is_match: bool = False


@dataclass(frozen=True)
class Hit:
    """An article that was found, in the reader's language where there is one; `translation.published` has its words."""

    translation: Translation
    title: Sequence[Segment]
    excerpt: Sequence[Segment]

    @property
    def article(self) -> Article:
        return self.translation.article

    @property
    def language(self) -> str:
        return self.translation.language


@dataclass(frozen=True)
class Found:
    """The best of what was found, and how many articles there are (at most `MOST`)."""

    hits: Sequence[Hit]
    total: int
    # The ids of them all, the best first.
    articles: Sequence[int] = ()


def find(
    words: str,
    *,
    user: Reader,
    brand: models.Model | None,
    language: str,
    limit: int = 20,
    category: Category | None = None,
) -> Found:
    """Published articles that `user` may read with all the words and none that has a minus, the best first."""
    wanted, unwanted = parted(words)
    if not wanted:
        return Found([], 0)
    readable = Translation.objects.visible_to(user, brand)
    if category is not None:
        readable = readable.filter(article__category=category)
    if unwanted:
        readable = readable.exclude(in_words(variants(unwanted)))
    query = as_query(wanted)
    own, others = readable.filter(language=language), readable.exclude(language=language)
    # Words that stand in a hundred titles are found there; nobody ranks all texts that have them.
    best = _best(own.filter(in_head(query)), query)
    if len(best) < MOST:
        best = _distinct([*best, *_best(own.filter(in_words(query)), query)], MOST)
    if len(best) < FEW:
        best = _distinct([*best, *_best(others.filter(in_words(query)), query)], MOST)
    return Found(_hits(_in_language(best[:limit], language), query), len(best), [row.article_id for row in best])


def suggest(text: str, *, user: Reader, brand: models.Model | None, language: str, limit: int = 5) -> list[Hit]:
    """Articles that may answer what somebody writes, in that language where there are; the best first.

    Of the text the words count that tell articles apart. One of them in a title is enough, else it takes two.
    """
    readable = Translation.objects.visible_to(user, brand)
    public = Translation.objects.visible_to(None, brand)
    telling = telling_words(text, language, public=public, readable=readable)
    if telling is None:
        return []
    scored = [
        *(_scored(readable.filter(in_words(telling.rare)), telling.score, telling.enough) if telling.rare else ()),
        *(_scored(readable.filter(in_head(telling.pairs)), telling.score, 0) if telling.pairs else ()),
    ]
    scored.sort(key=lambda row: (-row.score, row.pk))
    return _unmarked(_in_language(_distinct(scored, limit), language))


# The best rows.


def _best(rows: TranslationQuerySet, query: Sql) -> list[Translation]:
    """By how well the words fit, titles first; of equal ones what helped most."""
    order = ("-rank", "-article__helpful", "pk")
    return _distinct(rows.annotate(rank=rank(query)).order_by(*order).only("article_id", "language")[: MOST * 2], MOST)


def _scored(rows: TranslationQuerySet, score: Sql, enough: float) -> list[Any]:
    """Rows that fit, in no order: the score is worked out once for each."""
    worked_out = RawSQL(score.text, score.values, FloatField())  # noqa: S611 - constants
    some = rows.order_by().annotate(score=worked_out).only("article_id", "language")[:CANDIDATES]
    return [row for row in some if row.score >= enough]


def _distinct(rows: Iterable[Translation], limit: int) -> list[Translation]:
    """Each article once, by its best language."""
    best: dict[int, Translation] = {}
    for row in rows:
        best.setdefault(row.article_id, row)
    return list(best.values())[:limit]


def _in_language(rows: Sequence[Translation], language: str) -> list[Translation]:
    """The same articles in this language where readers find them in it."""
    articles = [row.article_id for row in rows]
    published = Translation.objects.filter(article__in=articles, published__isnull=False, language=language)
    own = {row.article_id: row for row in published}
    return [own.get(row.article_id, row) for row in rows]


# What is shown of them.


def _hits(rows: Sequence[Translation], query: Sql) -> list[Hit]:
    found = _complete(rows)
    marked = _marked_texts([row.pk for row in rows], query)
    return [Hit(found[row.pk], *(segments(text) for text in marked[row.pk])) for row in rows if row.pk in marked]


def _unmarked(rows: Sequence[Translation]) -> list[Hit]:
    found = _complete(rows)
    hits = []
    for row in rows:
        words = found[row.pk].published
        if words is not None:
            hits.append(Hit(found[row.pk], [Segment(words.title)], [Segment(words.summary or words.text[:200])]))
    return hits


def _complete(rows: Sequence[Translation]) -> dict[int, Translation]:
    complete = Translation.objects.select_related("article__category", "published").defer("words", "published__body")
    return complete.in_bulk([row.pk for row in rows])


def _marked_texts(translations: Sequence[int], query: Sql) -> dict[int, tuple[str, str]]:
    """Title and excerpt of each, with marks around the words; the excerpt begins with the summary."""
    stemmers = " ".join(f"WHEN '{language}' THEN '{stemmer}'" for language, stemmer in STEMMERS.items())
    statement = f"""
        WITH asked AS (SELECT {query.text} AS query)
        SELECT translation.id,
            ts_headline(way.stemmer, translate(shown.title, %s, ''), asked.query, %s),
            ts_headline(way.stemmer, translate(left(concat_ws(' ', nullif(shown.summary, ''), shown.text), %s), %s, ''),
                asked.query, %s)
        FROM knowledge_translation translation
        JOIN knowledge_revision shown ON shown.id = translation.published_id
        CROSS JOIN asked
        CROSS JOIN LATERAL (
            SELECT (CASE translation.language {stemmers} ELSE 'simple' END)::regconfig AS stemmer
        ) way
        WHERE translation.id = ANY(%s)
    """  # noqa: S608 - constants of this file and of tickets/asked.py
    marks = _OPEN + _CLOSE
    values: list[Any] = [*query.values, marks, _WHOLE, EXCERPTED, marks, _HEADLINE, list(translations)]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {pk: (title, excerpt) for pk, title, excerpt in cursor.fetchall()}


def segments(marked: str) -> list[Segment]:
    """A text with marks as pieces; pages put elements around those that match."""
    pieces = _MARKED.split(" ".join(marked.split()))
    return [Segment(text, bool(place % 2)) for place, text in enumerate(pieces) if text]
