"""In which language a reader gets an article: his own, else the original's, else English, else any there is."""

from collections.abc import Iterable

from django.db.models import Prefetch

from knowledge.models import Article, Translation
from knowledge.queries import ArticleQuerySet


def best(translations: Iterable[Translation], wanted: str, original: str) -> Translation | None:
    """Of what is published the language to show; None when nothing is."""
    published = [row for row in translations if row.published_id is not None]
    order = {language: place for place, language in reversed(list(enumerate((wanted, original, "en"))))}
    return min(published, key=lambda row: (order.get(row.language, len(order)), row.language), default=None)


def shown(article: Article, wanted: str) -> Translation | None:
    """What readers get of an article. Of many articles at once: `with_published`, then this asks nothing more."""
    found = best(article.translations.all(), wanted, article.language)
    if found is not None:
        found.article = article
    return found


def with_published(articles: ArticleQuerySet) -> ArticleQuerySet:
    """With titles and summaries of what is published, in one query more; not with the text."""
    rows = Translation.objects.filter(published__isnull=False).select_related("published").order_by("language")
    rows = rows.defer("words", "published__body", "published__text")
    return articles.prefetch_related(Prefetch("translations", rows))


def with_all(articles: ArticleQuerySet) -> ArticleQuerySet:
    """With the titles of what is published and of what is newest in all languages, for lists of writers."""
    rows = Translation.objects.select_related("published", "latest", "of_revision").order_by("language")
    unneeded = [f"{name}__{text}" for name in ("published", "latest", "of_revision") for text in ("body", "text")]
    return articles.prefetch_related(Prefetch("translations", rows.with_outdated().defer("words", *unneeded)))
