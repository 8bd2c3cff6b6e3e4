"""What the pages of one article need: how far it is, what may be done next, and what stands beside the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, Sum
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from core import links
from knowledge.models import (
    Article,
    ArticleFile,
    Feedback,
    ReviewComment,
    Revision,
    Translation,
    Use,
    Visibility,
)
from knowledge.rights import may_publish, may_write
from tickets.models import Ticket
from tickets.scanning import look_up
from web.desk.knowledge.languages import NAMES, Mark, marks_of
from web.desk.knowledge.next_steps import NextSteps
from web.desk.knowledge.rows import Row, rows_of, shown
from web.desk.knowledge.tree import list_url

PERIOD = timedelta(days=30)
MOST = 5
IN_REPLIES = (Use.How.LINKED, Use.How.INSERTED)


@dataclass(frozen=True)
class Figures:
    """Of the last 30 days; `share` of all that readers ever said, None while nobody has."""

    readers: int
    share: int | None
    replies: int


@dataclass(frozen=True)
class Said:
    comment: ReviewComment
    answers: Sequence[ReviewComment]


@dataclass
class ArticlePage(NextSteps):
    """`one` is None while nobody has begun this language. What costs a question is asked once, when it is drawn."""

    article: Article
    one: Translation | None
    language: str
    user: User

    @cached_property
    def writes(self) -> bool:
        return may_write(self.user)

    @cached_property
    def publishes(self) -> bool:
        return may_publish(self.user)

    @cached_property
    def translations(self) -> Sequence[Translation]:
        rows = self.article.translations.with_outdated().defer("words")
        return list(rows if self.writes else rows.filter(published__isnull=False))

    @cached_property
    def marks(self) -> Sequence[Mark]:
        return marks_of(self.article, self.translations)

    @property
    def mark(self) -> Mark | None:
        return next((mark for mark in self.marks if mark.code == self.language and mark.translation), None)

    @property
    def title(self) -> str:
        if self.one is None:
            return NAMES[self.language]
        words = self.one.latest if self.writes else self.one.published
        return words.title if words else ""

    @property
    def category(self) -> str:
        return self.article.category.name_in(get_language() or "")

    @property
    def back_url(self) -> str:
        return list_url(category=self.article.category_id)

    @cached_property
    def newest_original(self) -> Revision | None:
        """What a translation is made from: what readers see of the original, else its newest words."""
        found = next((one for one in self.translations if one.language == self.article.language), None)
        if found is None or self.language == self.article.language:
            return None
        return found.published or found.latest

    @property
    def language_name(self) -> str:
        return str(NAMES[self.language])

    @property
    def is_other_language(self) -> bool:
        return self.language != get_language() and get_language() in NAMES

    @property
    def seen(self) -> int:
        """The newest words that the page was made from; verbs refuse when there are newer ones."""
        return self.one.latest.number if self.one and self.one.latest else 0

    @property
    def has_newer(self) -> bool:
        """Whether writers have words that readers do not see yet, while they see others."""
        return bool(self.writes and self.one and self.one.published_id and self.one.published_id != self.one.latest_id)

    # ---- beside the words

    @cached_property
    def comments(self) -> Sequence[Said]:
        """Those that are open, and the last few that are done."""
        if self.one is None:
            return ()
        answers = Prefetch("replies", ReviewComment.objects.select_related("author"))
        rows = ReviewComment.objects.filter(translation=self.one, answers=None).select_related("author", "done_by")
        found = list(rows.prefetch_related(answers).order_by("-id")[: 4 * MOST])
        settled = [row for row in found if row.done_at][:MOST]
        kept = [row for row in found if not row.done_at or row in settled]
        return [Said(row, list(row.replies.all())) for row in sorted(kept, key=lambda row: (bool(row.done_at), row.pk))]

    @property
    def open_comments(self) -> int:
        return sum(said.comment.done_at is None for said in self.comments)

    @cached_property
    def all_files(self) -> Sequence[ArticleFile]:
        files = list(self.article.files.all())
        look_up(files)
        return files

    @property
    def files(self) -> Sequence[ArticleFile]:
        """Those below the words that are shown."""
        words = (self.one.latest if self.writes else self.one.published) if self.one else None
        named = set(words.files) if words else set()
        return [file for file in self.all_files if file.pk in named and not file.is_inline]

    @cached_property
    def roles(self) -> Sequence[str]:
        if self.article.visibility != Visibility.INTERNAL:
            return ()
        return list(self.article.roles.order_by("name").values_list("name", flat=True))

    @cached_property
    def brands(self) -> Sequence[str]:
        return list(self.article.brands.order_by("name").values_list("name", flat=True))

    @property
    def is_due(self) -> bool:
        return self.article.review_at is not None and self.article.review_at <= timezone.localdate()

    @property
    def permalink(self) -> str:
        return links.knowledge_article(self.article.number)

    @property
    def public_url(self) -> str:
        """Where readers outside find it; empty for what is only for agents, or not published."""
        is_out = self.article.is_published and self.article.visibility != Visibility.INTERNAL
        return self.permalink if is_out and not self.article.archived_at else ""

    @cached_property
    def related(self) -> Sequence[Row]:
        rows = shown(Article.objects.for_agent(self.user).filter(pk__in=self.article.related.values("pk")), self.user)
        return [row for row in rows_of(rows.order_by("number")[:10], self.user) if row.title]

    @cached_property
    def use(self) -> Figures:
        since = timezone.now() - PERIOD
        views = self.article.readings.filter(day__gte=since.date()).aggregate(total=Sum("views"))["total"]
        rated = self.article.helpful + self.article.unhelpful
        replies = self.article.uses.filter(at__gte=since, how__in=IN_REPLIES).count()
        return Figures(views or 0, round(100 * self.article.helpful / rated) if rated else None, replies)

    @cached_property
    def feedback(self) -> Sequence[Feedback]:
        """Comments that nobody has dealt with."""
        return list(self.article.feedback.filter(done_at=None).exclude(comment="").order_by("-at")[:MOST])

    @cached_property
    def tickets(self) -> Sequence[Use]:
        """Requests that it answered, or that it was made from; only those that the agent may read."""
        readable = Ticket.objects.allowing(self.user, "read")
        rows = self.article.uses.filter(ticket__in=readable).select_related("ticket__state")
        return list(rows.order_by("-at", "-id")[: 2 * MOST])

    def context(self, tab: str, **more: Any) -> dict[str, Any]:
        return {"page": self, "tab": tab, "section": "articles", **more}
