"""What may be done next with the newest words of an article, by this agent: review, publishing, taking back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from core.moments import moment
from knowledge.actions.publishing import may_approve
from knowledge.changes import Refused
from knowledge.models import Article, State, Translation


@dataclass(frozen=True)
class Action:
    label: str
    url: str
    icon: str = ""
    kind: str = ""
    # Left out of the header where there is little room; it stands beside the words, too.
    is_small: bool = False


class NextSteps:
    """Half of the page of an article (page.py), which says what these are."""

    article: Article
    one: Translation | None
    language: str
    user: User
    writes: bool
    publishes: bool

    @property
    def _has_news(self) -> bool:
        one = self.one
        return bool(one and one.latest_id and one.latest_id != one.published_id and not self.article.archived_at)

    @property
    def _may_approve(self) -> bool:
        return bool(self.one and self._has_news and self.publishes and may_approve(self.one, self.user))

    @property
    def refused(self) -> str:
        """Why somebody who publishes cannot do so here."""
        if self.one and self._has_news and self.publishes and not may_approve(self.one, self.user):
            return str(Refused("four_eyes"))
        return ""

    @property
    def actions(self) -> Sequence[Action]:
        one = self.one
        if one is None or not self.writes or self.article.archived_at:
            return ()
        found = []
        if one.state == State.SCHEDULED and self.publishes:
            found.append(Action(_("Do not publish it then"), self._to("unschedule"), "undo", is_small=True))
        if one.state == State.DRAFT and self._has_news:
            kind = "" if self._may_approve else "primary"
            found.append(Action(_("Ask for review"), self._to("ask_review"), "eye", kind, is_small=self._may_approve))
        if self._may_approve:
            words = _("Approve") if one.state == State.IN_REVIEW else _("Publish")
            found.append(Action(words, self._to("publish"), "check", "primary"))
        return found

    @property
    def may_schedule(self) -> bool:
        return self._may_approve and self.one is not None and self.one.state != State.SCHEDULED

    @property
    def may_ask_changes(self) -> bool:
        return bool(self.one and self.one.state == State.IN_REVIEW and self.writes and not self.article.archived_at)

    @property
    def may_withdraw(self) -> bool:
        return bool(self.one and self.one.published_id and self.publishes)

    @property
    def may_archive(self) -> bool:
        return self.publishes and self.article.archived_at is None

    @property
    def may_unarchive(self) -> bool:
        return self.publishes and self.article.archived_at is not None

    @property
    def may_publish_next(self) -> bool:
        """Whether what is about to be written may go out at once: not where somebody else has to look at it."""
        return self.publishes and not self.article.category.needs_review

    @property
    def may_ask_review_next(self) -> bool:
        return self.one is None or self.one.state != State.IN_REVIEW

    @property
    def steps(self) -> Sequence[dict[str, str]]:
        """From draft to published, as components/steps.html draws it."""
        one = self.one
        if one is None or one.latest is None:
            return ()
        done = {State.DRAFT: 0, State.IN_REVIEW: 1, State.SCHEDULED: 2, State.PUBLISHED: 3}.get(State(one.state), 0)
        written = f"{one.latest.author}, {moment(localtime(one.latest.at))}"
        steps = [
            (pgettext("article", "Draft"), written),
            (pgettext("article", "In review"), self._review_words()),
            (pgettext("article", "Published"), self._published_words()),
        ]
        states = ["done" if place < done else "now" if place == done else "later" for place in range(3)]
        return [{"label": label, "sub": sub, "state": state} for (label, sub), state in zip(steps, states, strict=True)]

    def _review_words(self) -> str:
        if self.one is not None and self.one.approved_by:
            return _("approved by %(name)s") % {"name": self.one.approved_by}
        return _("somebody else has to look at it") if self.article.category.needs_review else _("optional")

    def _published_words(self) -> str:
        one = self.one
        if one is None or one.latest is None:
            return ""
        if one.state == State.SCHEDULED and one.publish_at:
            return _("on %(moment)s") % {"moment": moment(localtime(one.publish_at))}
        if one.state == State.PUBLISHED and one.published_at:
            words = {"number": one.latest.number, "day": date_format(localtime(one.published_at), "SHORT_DATE_FORMAT")}
            return _("version %(number)s, %(day)s") % words
        if one.published:
            return _("version %(new)s, replaces version %(old)s") % {
                "new": one.latest.number,
                "old": one.published.number,
            }
        return _("version %(number)s") % {"number": one.latest.number}

    def _to(self, name: str) -> str:
        return reverse(f"desk:knowledge_{name}", args=[self.article.number, self.language])
