"""Loading many articles at once: the only place that writes articles past the verbs (demo worlds, imports).

The rows are those that starting, translating and publishing would have written (a test compares them), but without a
history: one line says that they were loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from core.clock import now
from core.html import clean, to_text
from knowledge.models import Article, ArticleEvent, Category, Revision, State, Translation
from knowledge.numbers import SEQUENCE
from knowledge.words import NAMES, VECTOR, searched

# What each translation shows, what it was made from, and its words.
_FILL = f"""
UPDATE knowledge_translation
SET published_id = said.revision, latest_id = said.revision, of_revision_id = said.original,
    words = {VECTOR.format(**{name: f"said.{name}" for name in NAMES})}
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], {", ".join(["%s::text[]"] * len(NAMES))})
    AS said (id, revision, original, {", ".join(NAMES)})
WHERE knowledge_translation.id = said.id
"""  # noqa: S608 - constants of this file and of knowledge/words.py


@dataclass(frozen=True)
class Piece:
    """One published article; `texts` are title, summary, HTML and keywords by language, the original's first."""

    category: Category
    visibility: str
    texts: Mapping[str, tuple[str, str, str, Sequence[str]]]


def load(pieces: Sequence[Piece], *, by: User) -> None:
    """Write a batch in one transaction."""
    with transaction.atomic():
        articles = Article.objects.bulk_create(_article(piece, number, by) for piece, number in _numbered(pieces))
        at = now()
        translations = Translation.objects.bulk_create(
            Translation(article=article, language=language, state=State.PUBLISHED, published_at=at, approved_by=by)
            for article, piece in zip(articles, pieces, strict=True)
            for language in piece.texts
        )
        texts = [text for piece in pieces for text in piece.texts.values()]
        made = [_revision(row, text, by) for row, text in zip(translations, texts, strict=True)]
        revisions = Revision.objects.bulk_create(made)
        originals = {row.translation.article_id: row for row in revisions if row.translation.is_original}
        _fill(revisions, originals)
        ArticleEvent.objects.bulk_create(
            ArticleEvent(article=article, version=1, kind="loaded", actor=by) for article in articles
        )


def _numbered(pieces: Sequence[Piece]) -> list[tuple[Piece, int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{SEQUENCE}') FROM generate_series(1, %s)", [len(pieces)])  # noqa: S608
        return list(zip(pieces, [number for (number,) in cursor.fetchall()], strict=True))


def _article(piece: Piece, number: int, by: User) -> Article:
    return Article(
        number=number,
        category=piece.category,
        visibility=piece.visibility,
        language=next(iter(piece.texts)),
        owner=by,
        is_published=True,
        version=1,
    )


def _revision(translation: Translation, text: tuple[str, str, str, Sequence[str]], by: User) -> Revision:
    title, summary, html, keywords = text
    body = clean(html)
    return Revision(
        translation=translation,
        number=1,
        title=title,
        summary=summary,
        body=body,
        text=to_text(body),
        keywords=list(keywords),
        author=by,
    )


def _fill(revisions: Sequence[Revision], originals: Mapping[int, Revision]) -> None:
    sources = [originals[row.translation.article_id] for row in revisions]
    made_from = [None if source is row else source.pk for row, source in zip(revisions, sources, strict=True)]
    rows = [searched(row, row.translation.language) for row in revisions]
    ids: list[Any] = [[row.translation_id for row in revisions], [row.pk for row in revisions], made_from]
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [*ids, *([row[name] for row in rows] for name in NAMES)])
