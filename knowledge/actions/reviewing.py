"""Review: a writer asks for it, reviewers comment, and send it back or approve it (knowledge/actions/publishing.py)."""

from accounts.models import User
from core.clock import now
from core.text import strip_nul
from knowledge.changes import Refused, locked, locked_translation, note, refuse_archived
from knowledge.models import ArticleEvent, ReviewComment, State, Translation


def ask_review(translation: Translation, *, by: User, seen: int | None = None) -> ArticleEvent | None:
    """The newest words wait for somebody's approval; None when they do already. Raises `Stale` and `Refused`."""
    with locked_translation(translation, seen=seen) as row:
        refuse_archived(row.article)
        if row.state == State.IN_REVIEW:
            return None
        if row.latest is None or row.latest == row.published:
            raise Refused("nothing")
        if not row.latest.text.strip():
            raise Refused("no_words")
        _move(row, State.IN_REVIEW)
        return note(row.article, "review_asked", by=by, translation=row, revision=row.latest)


def ask_changes(translation: Translation, *, comment: str, by: User, seen: int | None = None) -> ArticleEvent:
    """Send what is in review back to its writer, with a comment that says why. Raises `Stale` and `Refused`."""
    with locked_translation(translation, seen=seen) as row:
        if row.state != State.IN_REVIEW:
            raise Refused("not_in_review")
        _comment(row, comment, by=by)
        _move(row, State.DRAFT)
        return note(row.article, "changes_asked", by=by, translation=row, revision=row.latest)


def add_comment(
    translation: Translation, body: str, *, by: User, quote: str = "", answers: ReviewComment | None = None
) -> ReviewComment:
    """Say something about the newest words, about a passage of them (`quote`), or in answer to a comment."""
    with locked_translation(translation, seen=None) as row:
        return _comment(row, body, by=by, quote=quote, answers=answers)


def finish_comment(comment: ReviewComment, *, by: User) -> bool:
    """What it asked for is done; false when it was already."""
    with locked(comment.translation.article):
        row = ReviewComment.objects.get(pk=comment.pk)
        if row.done_at is not None:
            return False
        row.done_at, row.done_by = now(), by
        row.save(update_fields=["done_at", "done_by"])
        return True


def _comment(
    row: Translation, body: str, *, by: User, quote: str = "", answers: ReviewComment | None = None
) -> ReviewComment:
    body = strip_nul(body).strip()[:5000]
    if not body:
        raise Refused("no_comment")
    if row.latest is None:
        raise Refused("nothing")
    thread = (answers.answers or answers) if answers else None
    return ReviewComment.objects.create(
        translation=row, revision=row.latest, author=by, body=body, quote=strip_nul(quote).strip()[:500], answers=thread
    )


def _move(row: Translation, state: str) -> None:
    row.state, row.publish_at, row.approved_by = state, None, None
    row.save(update_fields=["state", "publish_at", "approved_by"])
