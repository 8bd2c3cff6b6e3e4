"""Keeping the words of what is published where the search finds them."""

from django.db import connection

from core.text import fold
from knowledge.models import Revision, Translation
from tickets.passages import stemmer_of

# Nobody searches for what comes after this many characters; a row of the search holds at most a megabyte.
SEARCHED_CHARACTERS = 100_000

# The stems of the article's language, and the folded words as they are (names, codes, other languages). Titles and
# keywords weigh most, then the summary.
VECTOR = """
    setweight(to_tsvector({stemmer}::regconfig, {head}) || to_tsvector('simple', {folded_head}), 'A') ||
    setweight(to_tsvector({stemmer}::regconfig, {summary}) || to_tsvector('simple', {folded_summary}), 'B') ||
    setweight(to_tsvector({stemmer}::regconfig, {text}) || to_tsvector('simple', {folded_text}), 'D')
"""
NAMES = ("stemmer", "head", "folded_head", "summary", "folded_summary", "text", "folded_text")
_KEEP = (
    f"UPDATE knowledge_translation SET words = {VECTOR.format(**{name: f'%({name})s' for name in NAMES})} "  # noqa: S608 - constants of this file
    "WHERE id = %(id)s"
)


def keep_words(translation: Translation) -> None:
    """Let the search find what is published of a locked article."""
    if translation.published is None:
        raise ValueError("nothing is published")
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"id": translation.pk, **searched(translation.published, translation.language)})


def forget_words(translation: Translation) -> None:
    Translation.objects.filter(pk=translation.pk).update(words=None)


def searched(shown: Revision, language: str) -> dict[str, str]:
    """What goes into `VECTOR`, by name."""
    head = " ".join([shown.title, *shown.keywords])
    text = shown.text[:SEARCHED_CHARACTERS].replace("\x00", " ")
    return {
        "stemmer": stemmer_of(language),
        "head": head,
        "folded_head": fold(head),
        "summary": shown.summary,
        "folded_summary": fold(shown.summary),
        "text": text,
        "folded_text": fold(text),
    }
