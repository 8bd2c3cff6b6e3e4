"""Articles as readers find them: each in the language that suits the reader best, with what a line of a list shows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from accounts.models import Brand, User
from core.clock import now
from knowledge.models import Article, Category, Reading, Revision, Translation
from knowledge.queries import ArticleQuerySet

# What was read in so many days counts as read lately.
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Entry:
    """An article in a list. `language` is named where it is not the page's."""

    number: int
    title: str
    summary: str
    language: str
    url: str
    icon: str = "doc"

    @property
    def is_foreign(self) -> bool:
        return self.language != get_language()


@dataclass(frozen=True)
class Topic:
    """A category as readers see it, with how many articles it has for them, those of its parts included."""

    category: Category
    name: str
    about: str
    icon: str
    number: int
    parts: list["Topic"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("kb:topic", args=[self.category.pk])


def reader_of(request: HttpRequest) -> User | None:
    """Who reads; None is a visitor."""
    return request.user if request.user.is_authenticated else None


def articles_for(request: HttpRequest) -> ArticleQuerySet:
    """Everything that may be read here by who asks."""
    return Article.objects.visible_to(reader_of(request), request.brand)


def address(number: int, slug: str) -> str:
    return reverse("kb:article", args=[number, slug]) if slug else reverse("kb:permalink", args=[number])


def in_best_language(translations: Iterable[Translation], original: str, *, wanted: str = "") -> Translation | None:
    """Of what is published that in the reader's language, else the original, else the first by our order."""
    known = {one.language: one for one in translations}
    order = (wanted or get_language() or "", original, *(code for code, _name in settings.LANGUAGES))
    return next((known[code] for code in order if code in known), None)


def entries(articles: Sequence[Article]) -> list[Entry]:
    """In the same order; one query."""
    found = Translation.objects.filter(article__in=articles, published__isnull=False).select_related("published")
    of_article: dict[int, list[Translation]] = {}
    for translation in found.defer("words", "published__body", "published__text"):
        of_article.setdefault(translation.article_id, []).append(translation)
    told = []
    for article in articles:
        best = in_best_language(of_article.get(article.pk, ()), article.language)
        if best is not None and best.published is not None:
            told.append(_entry(article, best, best.published))
    return told


def _entry(article: Article, shown: Translation, revision: Revision) -> Entry:
    url = address(article.number, shown.slug)
    return Entry(article.number, revision.title, revision.summary, shown.language, url)


def read_most(articles: ArticleQuerySet, number: int) -> list[Entry]:
    """What was read most lately, filled up with what was ever read most."""
    readings = Reading.objects.filter(day__gt=(now() - LATELY).date()).values_list("article")
    lately = [pk for pk, _views in readings.annotate(total=Sum("views")).order_by("-total", "article")[: number * 4]]
    known = articles.in_bulk(lately)
    chosen = [known[pk] for pk in lately if pk in known][:number]
    if len(chosen) < number:
        rest = articles.exclude(pk__in=[one.pk for one in chosen]).order_by("-views", "-number")
        chosen += rest[: number - len(chosen)]
    return entries(chosen)


def topics(articles: QuerySet[Article], brand: Brand | None) -> list[Topic]:
    """The tree of categories that hold anything for this reader; two queries."""
    counted = articles.order_by().values_list("category").annotate(Count("pk"))
    own: Counter[int] = Counter(dict(counted))
    below: dict[int | None, list[Category]] = {}
    for category in Category.objects.open(brand):
        below.setdefault(category.parent_id, []).append(category)
    return _topics(below, None, own, get_language() or "")


def _topics(
    below: dict[int | None, list[Category]], parent: int | None, own: Counter[int], language: str
) -> list[Topic]:
    found = []
    for category in below.get(parent, []):
        parts = _topics(below, category.pk, own, language)
        if number := own[category.pk] + sum(part.number for part in parts):
            name, about = category.name_in(language), category.description_in(language)
            found.append(Topic(category, name, about, category.icon or "folder", number, parts))
    return found


def path_to(tree: Sequence[Topic], pk: int) -> list[Topic]:
    """The topics from the top down to that of category `pk`; empty when the reader finds nothing there."""
    for topic in tree:
        if topic.category.pk == pk:
            return [topic]
        if rest := path_to(topic.parts, pk):
            return [topic, *rest]
    return []
