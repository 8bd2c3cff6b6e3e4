"""What readers do: read, search, say whether it helped."""

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Brand, User
from core.clock import now
from core.text import fold, strip_nul
from knowledge.models import Article, Feedback, SearchLog

_COUNT = """
INSERT INTO knowledge_reading (article_id, language, day, views) VALUES (%s, %s, %s, 1)
ON CONFLICT (article_id, language, day) DO UPDATE SET views = knowledge_reading.views + 1
"""


def note_view(article: Article, language: str) -> None:
    """Somebody has read it; whoever reads it again within a while is for the door to leave out."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [article.pk, language, now().date()])
        Article.objects.filter(pk=article.pk).update(views=F("views") + 1)


def give_feedback(
    article: Article, language: str, *, helpful: bool, reader: str, user: User | None = None, comment: str = ""
) -> Feedback:
    """Whether it helped, once for each `reader` (an opaque mark of a visitor, or `reader_mark`); again changes it."""
    comment = strip_nul(comment).strip()[:2000]
    with transaction.atomic():
        row = Article.objects.select_for_update(of=("self",), no_key=True).get(pk=article.pk)
        said = Feedback.objects.filter(article=row, reader=reader).first()
        if said is not None and (said.helpful, said.comment) == (helpful, comment or said.comment):
            return said
        if said is not None:
            _count(row, helpful=said.helpful, by=-1)
        said = said or Feedback(article=row, reader=reader, user=user)
        said.language, said.helpful, said.comment = language, helpful, comment or said.comment
        said.at, said.done_at, said.done_by = now(), None, None
        said.save()
        _count(row, helpful=helpful, by=1)
        row.save(update_fields=["helpful", "unhelpful"])
        return said


def settle_feedback(feedback: Feedback, *, by: User) -> bool:
    """A writer has done what there was to do about it; false when it was settled already."""
    with transaction.atomic():
        row = Feedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
        if row.done_at is not None:
            return False
        row.done_at, row.done_by = now(), by
        row.save(update_fields=["done_at", "done_by"])
        return True


def reader_mark(user: User) -> str:
    """The mark of somebody who has signed in."""
    return f"user:{user.pk}"


def log_search(query: str, *, language: str, brand: Brand | None, hits: int) -> SearchLog | None:
    """Remember what was searched for, without who did; None for what says nothing."""
    words = as_logged(query)
    if sum(sign.isalpha() for sign in words) < 2:
        return None
    return SearchLog.objects.create(query=words, language=language, brand=brand, hits=hits, at=now())


def as_logged(query: str) -> str:
    """The words of a search as the log knows them: accents, case and blanks aside."""
    return " ".join(fold(strip_nul(query)).split())[:200].strip()


def note_click(search: SearchLog, article: Article) -> None:
    """Somebody opened this article from the results; the first one counts."""
    SearchLog.objects.filter(pk=search.pk, clicked=None).update(clicked=article)


def _count(article: Article, *, helpful: bool, by: int) -> None:
    name = "helpful" if helpful else "unhelpful"
    setattr(article, name, max(getattr(article, name) + by, 0))
