"""The panel beside articles: what to list, and the tree of categories with how many articles stand in each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.categories import tree
from knowledge.models import Article, Category
from knowledge.queries import ArticleQuerySet
from knowledge.rights import may_write

ALL, MINE, DRAFTS, REVIEW, SCHEDULED, ARCHIVED = "", "mine", "drafts", "review", "scheduled", "archived"
# What a writer may list: the label, its icon.
SHELVES: dict[str, tuple[str | Promise, str]] = {
    ALL: (_("All articles"), "book"),
    MINE: (pgettext_lazy("articles", "Mine"), "user"),
    DRAFTS: (pgettext_lazy("articles", "Drafts"), "drafts"),
    REVIEW: (pgettext_lazy("articles", "In review"), "eye"),
    SCHEDULED: (pgettext_lazy("articles", "Scheduled"), "calendar"),
    ARCHIVED: (pgettext_lazy("articles", "Archived"), "archive"),
}
_OF_STATE = {DRAFTS: "draft", REVIEW: "in_review", SCHEDULED: "scheduled"}


@dataclass(frozen=True)
class Place:
    """One line of the panel."""

    label: str | Promise
    url: str
    icon: str
    depth: int = 0
    count: int | None = None
    is_here: bool = False


@dataclass(frozen=True)
class Panel:
    shelves: Sequence[Place]
    categories: Sequence[Place]
    writes: bool


def panel_of(user: User, *, shelf: str | None = None, category: int | None = None) -> Panel:
    """`shelf` and `category` say where one is; None: elsewhere."""
    writes = may_write(user)
    keys = SHELVES if writes else [ALL]
    shelves = [
        Place(SHELVES[key][0], list_url(shelf=key), SHELVES[key][1], is_here=category is None and key == shelf)
        for key in keys
    ]
    numbers = dict(
        Article.objects.for_agent(user)
        .filter(archived_at=None)
        .order_by()
        .values_list("category")
        .annotate(number=Count("pk"))
    )
    language = get_language() or ""
    places = [
        Place(
            one.name_in(language),
            list_url(category=one.pk),
            one.icon or "folder",
            depth,
            numbers.get(one.pk, 0),
            one.pk == category,
        )
        for depth, one in tree(Category.objects.open(None))
    ]
    return Panel(shelves, places, writes)


def on_shelf(articles: ArticleQuerySet, shelf: str, user: User) -> ArticleQuerySet:
    """The articles of one entry of the panel."""
    if shelf == ARCHIVED:
        return articles.exclude(archived_at=None)
    articles = articles.filter(archived_at=None)
    if shelf == MINE:
        return articles.filter(owner=user)
    if shelf in _OF_STATE:
        return articles.filter(translations__state=_OF_STATE[shelf]).distinct()
    return articles


def list_url(**asked: object) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('desk:knowledge')}{'?' if query else ''}{query}"
