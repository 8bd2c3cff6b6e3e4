"""What readers say about an article: whether it helped, and why not."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import User
from core.clock import now
from knowledge.models.article import Article


class Feedback(models.Model):
    """One per reader and article; who says it again changes it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="feedback")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    helpful = models.BooleanField()
    comment = models.TextField(max_length=2000, blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Tells readers apart without saying who they are: "user:12", or a random mark that the browser keeps.
    reader = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)
    # A writer has read the comment and done what there was to do.
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "reader"], name="kb_one_feedback_each"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {'+' if self.helpful else '-'}"
