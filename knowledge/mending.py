"""What to write or to mend: failed searches, articles that never help, overdue looks, outdated languages, wishes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Count, F, Max, Q

from accounts.models import User
from core.clock import now
from knowledge.models import Article, Feedback, SearchLog, State, Translation
from knowledge.queries import ArticleQuerySet, TranslationQuerySet

# How far back failed searches count.
LOOKED_BACK = timedelta(days=90)
# An article never helps when so many said no, and more than said yes.
NEVER = 3


@dataclass(frozen=True)
class FailedSearch:
    """Words for which nothing was found, how often, and when the last time."""

    query: str
    language: str
    times: int
    last: datetime


def failed_searches(*, limit: int = 50) -> list[FailedSearch]:
    """The most frequent first. What was only the beginning of another one that failed, too, is left out."""
    logs = SearchLog.objects.filter(hits=0, at__gte=now() - LOOKED_BACK)
    rows = logs.values("query", "language").annotate(times=Count("pk"), last=Max("at"))
    found = [FailedSearch(**row) for row in rows.order_by("-times", "-last", "query")[: limit * 2]]
    by_words = sorted(found, key=lambda row: (row.language, row.query))
    begun = {
        (one.language, one.query)
        for one, other in pairwise(by_words)
        if one.language == other.language and other.query.startswith(one.query)
    }
    return [row for row in found if (row.language, row.query) not in begun][:limit]


def never_helpful(user: User) -> ArticleQuerySet:
    """Published articles that readers found no help, those of `user`'s to mend; the worst first."""
    articles = Article.objects.editable_by(user).filter(is_published=True, unhelpful__gte=NEVER)
    return articles.filter(unhelpful__gt=F("helpful")).order_by("-unhelpful", "helpful", "number")


def to_look_at(user: User) -> ArticleQuerySet:
    """Articles whose date to look at them again has come; the longest overdue first."""
    due = Q(review_at__lte=now().date(), archived_at__isnull=True)
    return Article.objects.editable_by(user).filter(due).order_by("review_at", "number")


def outdated(user: User) -> TranslationQuerySet:
    """Languages that are older than their original, of articles that readers see."""
    mine = Article.objects.editable_by(user).filter(is_published=True)
    rows = Translation.objects.filter(article__in=mine).outdated()
    return rows.select_related("article", "published", "latest").order_by("article__number", "language")


def in_review(user: User) -> TranslationQuerySet:
    """What waits for somebody's approval, the oldest first."""
    rows = Translation.objects.filter(article__in=Article.objects.editable_by(user), state=State.IN_REVIEW)
    return rows.select_related("article__category", "latest__author").order_by("latest__at", "pk")


def comments(user: User) -> "list[Feedback]":
    """What readers wrote about articles and nobody has settled yet, the newest first."""
    open_ones = Feedback.objects.filter(article__in=Article.objects.editable_by(user), done_at=None)
    return list(open_ones.exclude(comment="").select_related("article", "user").order_by("-at")[:100])
