"""What readers see: publishing now or later, taking back, and the archive.

Where the category asks for review, who wrote a version does not publish it (four eyes). Who may publish at all is in
knowledge/rights.py; doors ask there.
"""

from datetime import datetime
from typing import Any

from accounts.models import User
from core.clock import now
from knowledge.changes import Refused, locked, locked_translation, note, refuse_archived
from knowledge.models import Article, ArticleEvent, State, Translation
from knowledge.words import forget_words, keep_words


def may_approve(translation: Translation, user: User) -> bool:
    """Whether four eyes allow `user` to publish the newest words."""
    needs_review = translation.article.category.needs_review
    return translation.latest is not None and not (needs_review and translation.latest.author_id == user.pk)


def publish(translation: Translation, *, by: User, seen: int | None = None) -> ArticleEvent | None:
    """Approve the newest words and show them to readers; None when they are shown already.

    Raises `Stale` when there are newer words than revision `seen`, and `Refused`.
    """
    with locked_translation(translation, seen=seen) as row:
        _refuse_unapprovable(row, by=by)
        if row.published == row.latest and row.state == State.PUBLISHED:
            return None
        return _show(row, by=by)


def schedule(translation: Translation, at: datetime, *, by: User, seen: int | None = None) -> ArticleEvent | None:
    """Approve the newest words and show them at a time to come; until then readers see what they saw.

    None when that is planned already. Raises `Stale` and `Refused`.
    """
    with locked_translation(translation, seen=seen) as row:
        _refuse_unapprovable(row, by=by)
        if at <= now():
            raise Refused("past")
        if row.state == State.SCHEDULED and row.publish_at == at:
            return None
        row.state, row.publish_at, row.approved_by = State.SCHEDULED, at, by
        row.save(update_fields=["state", "publish_at", "approved_by"])
        data = {"publish_at": {"was": None, "now": at.isoformat()}}
        return note(row.article, "scheduled", by=by, translation=row, revision=row.latest, data=data)


def unschedule(translation: Translation, *, by: User) -> ArticleEvent | None:
    """It is a draft again; None when it was not scheduled (any more)."""
    with locked_translation(translation, seen=None) as row:
        if row.state != State.SCHEDULED:
            return None
        row.state, row.publish_at, row.approved_by = State.DRAFT, None, None
        row.save(update_fields=["state", "publish_at", "approved_by"])
        return note(row.article, "unscheduled", by=by, translation=row, revision=row.latest)


def publish_due(translation: Translation) -> ArticleEvent | None:
    """Show what is scheduled and whose time has come, as who approved it; None when it is not (any more)."""
    with locked_translation(translation, seen=None) as row:
        at = row.publish_at if row.state == State.SCHEDULED else None
        if at is None or at > now() or row.approved_by is None or row.article.archived_at is not None:
            return None
        return _show(row, by=row.approved_by, data={"publish_at": {"was": at.isoformat(), "now": None}})


def withdraw(translation: Translation, *, by: User) -> ArticleEvent | None:
    """Readers do not see it any more; what is being written goes on. None when they did not see it."""
    with locked_translation(translation, seen=None) as row:
        if row.published is None:
            return None
        was = row.published
        _hide(row)
        if row.state == State.PUBLISHED:
            row.state = State.DRAFT
            row.save(update_fields=["state"])
        _count_published(row.article)
        return note(row.article, "withdrawn", by=by, translation=row, revision=was)


def archive(article: Article, *, by: User) -> ArticleEvent | None:
    """Nobody reads or changes it any more, in any language; None when it is archived already."""
    with locked(article) as row:
        if row.archived_at is not None:
            return None
        for translation in row.translations.select_related("published"):
            _hide(translation)
            translation.state, translation.publish_at, translation.approved_by = State.ARCHIVED, None, None
            translation.save(update_fields=["state", "publish_at", "approved_by"])
        row.archived_at, row.is_published = now(), False
        row.save(update_fields=["archived_at", "is_published"])
        return note(row, "archived", by=by)


def bring_back(article: Article, *, by: User) -> ArticleEvent | None:
    """Out of the archive, as drafts: publishing it again is a decision of its own. None when it is not archived."""
    with locked(article) as row:
        if row.archived_at is None:
            return None
        row.translations.update(state=State.DRAFT)
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        return note(row, "brought_back", by=by)


def _refuse_unapprovable(row: Translation, *, by: User) -> None:
    refuse_archived(row.article)
    if row.latest is None:
        raise Refused("nothing")
    if not row.latest.text.strip():
        raise Refused("no_words")
    if not may_approve(row, by):
        raise Refused("four_eyes")


def _show(row: Translation, *, by: User, data: dict[str, Any] | None = None) -> ArticleEvent:
    row.published, row.published_at = row.latest, now()
    row.state, row.publish_at, row.approved_by = State.PUBLISHED, None, by
    row.save(update_fields=["published", "published_at", "state", "publish_at", "approved_by"])
    keep_words(row)
    _count_published(row.article)
    return note(row.article, "published", by=by, translation=row, revision=row.published, data=data)


def _hide(row: Translation) -> None:
    row.published, row.published_at = None, None
    row.save(update_fields=["published", "published_at"])
    forget_words(row)


def _count_published(article: Article) -> None:
    article.is_published = article.translations.filter(published__isnull=False).exists()
    article.save(update_fields=["is_published"])
