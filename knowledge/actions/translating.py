"""Translations and their original."""

from accounts.models import User
from knowledge.changes import Refused, locked_translation, note, refuse_archived
from knowledge.models import ArticleEvent, Translation


def still_right(translation: Translation, *, by: User, seen: int | None = None) -> ArticleEvent | None:
    """The original has changed and these words fit it all the same; None when they count as its translation already.

    Raises `Stale` when there are newer words than revision `seen`, and `Refused`.
    """
    with locked_translation(translation, seen=seen) as row:
        refuse_archived(row.article)
        original = row.article.translations.select_related("published").filter(language=row.article.language).first()
        if row.latest is None or original is None or original.published is None or original.pk == row.pk:
            raise Refused("nothing")
        if row.of_revision_id == original.published_id:
            return None
        row.of_revision = original.published
        row.save(update_fields=["of_revision"])
        return note(row.article, "confirmed", by=by, translation=row, revision=row.latest)
