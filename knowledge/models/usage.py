"""What became of the knowledge: searches, readers by day, and requests that an article answered or spared."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from knowledge.models.article import Article
from tickets.models import Ticket


class SearchLog(models.Model):
    """One search, without who searched. Hits 0: something to write. Forgotten after a while (knowledge/tasks.py)."""

    query = models.CharField(max_length=200)  # folded and cut to single blanks
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    brand = models.ForeignKey("accounts.Brand", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    hits = models.PositiveIntegerField()
    clicked = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["at"], name="kb_search_at"),
            models.Index(fields=["query", "language"], name="kb_search_failed", condition=models.Q(hits=0)),
        ]

    def __str__(self) -> str:
        return self.query


class Reading(models.Model):
    """How many readers an article had on a day, in one language."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="readings")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "language", "day"], name="kb_one_reading_per_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="kb_reading_day")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}"


class Use(models.Model):
    """An article that was of use to a request; `deflected` has none, because it was never sent."""

    class How(models.TextChoices):
        LINKED = "linked", pgettext_lazy("use of an article", "link in a reply")
        INSERTED = "inserted", pgettext_lazy("use of an article", "text in a reply")
        SOLVED = "solved", pgettext_lazy("use of an article", "solved it")
        DEFLECTED = "deflected", pgettext_lazy("use of an article", "answered before it was sent")
        SOURCE = "source", pgettext_lazy("use of an article", "the article was made from it")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="uses")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="knowledge_uses")
    how = models.CharField(max_length=9, choices=How.choices)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["article", "ticket", "how"],
                name="kb_one_use_each",
                condition=models.Q(ticket__isnull=False),
            ),
            models.CheckConstraint(
                name="kb_use_has_ticket", condition=models.Q(ticket__isnull=False) | models.Q(how="deflected")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["article", "at"], name="kb_use_at")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.how} {self.ticket_id or ''}"
