"""Reminding the owner of an article that the day has come to look at it again: one mail for each such day."""

from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.clock import now
from core.links import absolute
from knowledge.languages import shown, with_all
from knowledge.models import Article
from mail.letters import tell
from mail.texts import Text, fill

# Articles of one look; the next one comes an hour later.
MOST = 200

REMINDER = Text(
    _("Please look at an article again"),
    _(
        "Hello {{ name }},\n"
        "\n"
        "you wanted to look at this article again by {{ day }}:\n"
        "#{{ number }} {{ title }}\n"
        "{{ link }}\n"
        "\n"
        "Check whether it is still right, and then choose the next date in its details.\n"
    ),
)


def remind_owners() -> int:
    """Tell the owners of all articles whose date has come and who have not been told of it; returns how many."""
    due = Article.objects.filter(review_at__lte=now().date(), archived_at=None, owner__is_active=True)
    fresh = due.filter(Q(reminded_for=None) | ~Q(reminded_for=F("review_at")))
    return sum(_remind(article) for article in with_all(fresh.order_by("review_at", "pk"))[:MOST])


def _remind(article: Article) -> bool:
    """False when somebody was faster or has chosen another date. Mail and mark come together or not at all."""
    with transaction.atomic():
        same = Article.objects.filter(pk=article.pk, review_at=article.review_at, owner=article.owner_id)
        marked = same.exclude(reminded_for__isnull=False, reminded_for=F("review_at"))
        if article.owner is None or not marked.update(reminded_for=article.review_at):
            return False
        found = shown(article, article.owner.language) or article.translations.first()
        subject, body = fill(
            REMINDER,
            article.owner.language,
            name=article.owner.name,
            title=found.title if found else str(article),
            number=article.number,
            day=_day(article.review_at, article.owner.language),
            link=absolute(f"/desk/knowledge/{article.number}/"),
        )
        tell(article.owner, subject=subject, body=body)
    return True


def _day(day: date | None, language: str) -> str:
    with override(language):
        return date_format(day, "DATE_FORMAT") if day else ""
