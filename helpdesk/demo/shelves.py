"""`demo --articles N`: a large knowledge base, quickly. Each article in all four languages, some for few readers."""

import random
from collections.abc import Callable

from django.db import connection

from accounts.people import person_with_address, system_actor
from core.html import from_text
from helpdesk.demo.words import Writer
from knowledge.bulkload import Piece, load
from knowledge.categories import save_category
from knowledge.models import Article, Category

BATCH = 200
LANGUAGES = ("en", "de", "es", "pt")
CATEGORIES = 40
# Headings with what stands below.
PARTS = 4
# Of a hundred articles.
FOR_CUSTOMERS, FOR_AGENTS = 10, 20

Progress = Callable[[int, int], None]


def grow(number: int, progress: Progress) -> None:
    """Bring the knowledge base to `number` articles; what is there counts, so an interrupted run goes on."""
    there = Article.objects.count()
    if there >= number:
        return
    categories = _categories()
    by = person_with_address("bea@demo.example") or system_actor("system")
    dice = random.Random(there)  # noqa: S311 - the same numbers make the same world
    writer = Writer(dice)
    for start in range(there, number, BATCH):
        count = min(BATCH, number - start)
        load([_piece(dice, writer, dice.choice(categories)) for _n in range(count)], by=by)
        progress(start + count - there, number - there)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT gin_clean_pending_list('kb_translation_words')")
        cursor.execute("ANALYZE knowledge_article, knowledge_translation, knowledge_revision")
        cursor.execute("RESET statement_timeout")


def _categories() -> list[Category]:
    by = system_actor("system")
    known = {row.name: row for row in Category.objects.filter(name__startswith="Shelf ")}
    names = [f"Shelf {number:02}" for number in range(CATEGORIES)]
    return [known.get(name) or save_category(Category(name=name, icon="book"), brands=[], by=by) for name in names]


def _piece(dice: random.Random, writer: Writer, category: Category) -> Piece:
    chance = dice.randrange(100)
    visibility = "internal" if chance < FOR_AGENTS else "customers" if chance < FOR_AGENTS + FOR_CUSTOMERS else "public"
    return Piece(category, visibility, {language: _text(writer, language) for language in LANGUAGES})


def _text(writer: Writer, language: str) -> tuple[str, str, str, tuple[str, ...]]:
    parts = [from_text(writer.message(language)) for _n in range(PARTS)]
    headings = [f"<h2>{writer.title(language)}</h2>" for _n in range(PARTS)]
    body = "".join(text for pair in zip(headings, parts, strict=True) for text in pair)
    summary = writer.message(language).partition("\n")[0][:200]
    return writer.title(language), summary, body, ()
