"""What was written: revisions, what reviewers say about them, and the history of an article. All only grow."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import User
from core.clock import now
from knowledge.models.article import Article, Translation


class Revision(models.Model):
    """The words of an article in one language as they were saved once; never changed (a trigger sees to it)."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True)
    # Cleaned HTML (core/html.py) with headings that have no ids; pictures are `cid:` names.
    body = models.TextField(blank=True)
    # The body as plain text, for excerpts and the search.
    text = models.TextField(blank=True)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # Ids of the files that belong to these words, pictures of the text included.
    files = ArrayField(models.BigIntegerField(), default=list, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now, editable=False)
    # What the author says has changed.
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["translation", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["translation", "number"], name="kb_one_revision_per_number"),
        ]

    def __str__(self) -> str:
        return self.title


class ReviewComment(models.Model):
    """What somebody says about a revision while it is reviewed; answers belong to the comment they answer."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    answers = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The words of the article it is about; empty: all of it.
    quote = models.CharField(max_length=500, blank=True)
    body = models.TextField(max_length=5000)
    at = models.DateTimeField(default=now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["translation", "at"], name="kb_comment_translation")]

    def __str__(self) -> str:
        return f"{self.translation_id}/{self.pk}"


class ArticleEvent(models.Model):
    """One line of the history: who did what when. Kinds: knowledge/history.py."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="events")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now, editable=False)
    # {field: {"was", "now"}} of what changed, and what else the kind needs.
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["article", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "version"], name="kb_one_event_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.version} {self.kind}"
