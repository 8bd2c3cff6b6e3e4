"""Articles as lines of a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import get_language

from accounts.models import User
from knowledge.models import Article, Translation
from knowledge.queries import ArticleQuerySet
from knowledge.rights import may_write
from web.desk.knowledge.languages import Mark, marks_of, preferred

_HEAVY = ("words", *(f"{which}__{name}" for which in ("latest", "published") for name in ("body", "text")))


@dataclass(frozen=True)
class Row:
    article: Article
    title: str
    language: str
    category: str
    marks: Sequence[Mark]
    url: str

    @property
    def rated(self) -> int:
        return self.article.helpful + self.article.unhelpful

    @property
    def share(self) -> int | None:
        """How many of a hundred readers it helped; None while nobody has said."""
        return round(100 * self.article.helpful / self.rated) if self.rated else None


def translations_of(user: User) -> Prefetch:
    """The languages that `user` sees of articles, without the long words; who does not write sees what is published."""
    rows = Translation.objects.with_outdated().select_related("latest", "published").defer(*_HEAVY)
    if not may_write(user):
        rows = rows.filter(published__isnull=False)
    return Prefetch("translations", rows, to_attr="known")


def shown(articles: ArticleQuerySet, user: User) -> ArticleQuerySet:
    """Everything that `rows_of` needs."""
    return articles.select_related("category", "owner").prefetch_related(translations_of(user))


def rows_of(articles: Iterable[Article], user: User) -> list[Row]:
    writes = may_write(user)
    return [row_of(article, writes=writes) for article in articles]


def row_of(article: Article, *, writes: bool) -> Row:
    one = preferred(article, article.known)
    title = title_of(one, writes=writes)
    marks = [mark for mark in marks_of(article, article.known) if writes or mark.translation]
    return Row(
        article,
        title,
        one.language if one else "",
        article.category.name_in(get_language() or ""),
        marks,
        reverse("desk:knowledge_article", args=[article.number]),
    )


def title_of(one: Translation | None, *, writes: bool) -> str:
    """Writers see the newest words, others what is published."""
    if one is None:
        return ""
    words = one.latest if writes else one.published
    return (words or one.published or one.latest).title


def with_words(articles: ArticleQuerySet, words: str) -> ArticleQuerySet:
    """Those whose number, title or keywords have all of the words, also while they are not published."""
    number = words.lstrip("#")
    if number.isascii() and number.isdecimal() and len(number) < 19:
        return articles.filter(number=int(number))
    for word in words.split():
        named = Translation.objects.filter(
            Q(latest__title__icontains=word) | Q(published__title__icontains=word) | Q(latest__keywords__icontains=word)
        )
        articles = articles.filter(pk__in=named.values("article"))
    return articles
