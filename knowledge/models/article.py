"""Articles, their languages and the files that come with them. What is written in them are revisions."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from knowledge.models.category import Category
from knowledge.queries import ArticleFileQuerySet, ArticleQuerySet, TranslationQuerySet
from tickets.models.file_check import CheckedFile


class Visibility(models.TextChoices):
    PUBLIC = "public", pgettext_lazy("article", "Everybody")
    CUSTOMERS = "customers", pgettext_lazy("article", "Customers who have signed in")
    INTERNAL = "internal", pgettext_lazy("article", "Agents")


class Article(models.Model):
    """One piece of knowledge, in any number of languages. `knowledge/queries.py` says who may read it."""

    number = models.PositiveBigIntegerField(unique=True, editable=False)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="articles", verbose_name=_("category")
    )
    visibility = models.CharField(
        _("who can read it"), max_length=9, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    roles: models.ManyToManyField = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("only for these roles")
    )
    brands: models.ManyToManyField = models.ManyToManyField(
        "accounts.Brand", blank=True, related_name="+", verbose_name=_("only for these brands")
    )
    # Of the original; the others are translated from it.
    language = models.CharField(_("original language"), max_length=8, choices=settings.LANGUAGES, default="en")
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    review_at = models.DateField(_("look at it again on"), null=True, blank=True)
    # For which of these dates the owner has been told.
    reminded_for = models.DateField(null=True, blank=True, editable=False)
    related: models.ManyToManyField = models.ManyToManyField("self", blank=True, verbose_name=_("related articles"))
    views = models.PositiveIntegerField(default=0, editable=False)
    helpful = models.PositiveIntegerField(default=0, editable=False)
    unhelpful = models.PositiveIntegerField(default=0, editable=False)
    # Counts the lines of its history; forms carry the one they have seen.
    version = models.PositiveIntegerField(default=0, editable=False)
    # Whether readers see it in any language.
    is_published = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        default_permissions = ()
        # Marks on roles: accounts/roles.py.
        permissions: ClassVar = [
            ("write_articles", "Write articles"),
            ("publish_articles", "Publish articles"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "number"], name="kb_article_category"),
            models.Index(fields=["review_at"], name="kb_article_review", condition=models.Q(review_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class State(models.TextChoices):
    """How far the newest words are. What readers see is `Translation.published`, whatever this says."""

    DRAFT = "draft", pgettext_lazy("article", "Draft")
    IN_REVIEW = "in_review", pgettext_lazy("article", "In review")
    SCHEDULED = "scheduled", pgettext_lazy("article", "Scheduled")
    PUBLISHED = "published", pgettext_lazy("article", "Published")
    ARCHIVED = "archived", pgettext_lazy("article", "Archived")


class Translation(models.Model):
    """An article in one language: the words readers see (`published`), and the newest ones (`latest`)."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    published = models.ForeignKey(
        "Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    latest = models.ForeignKey(
        "Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When what is scheduled goes out, and who has approved it.
    publish_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The published words of the original from which the newest words here were translated.
    of_revision = models.ForeignKey(
        "Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # Of what is published; knowledge/words.py.
    words = SearchVectorField(null=True, editable=False)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["article", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "language"], name="kb_one_translation_each"),
            models.CheckConstraint(
                name="kb_scheduled_has_time",
                condition=models.Q(state="scheduled", publish_at__isnull=False)
                | (~models.Q(state="scheduled") & models.Q(publish_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="kb_translation_words"),
            models.Index(
                fields=["publish_at"], name="kb_translation_publish", condition=models.Q(publish_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.language}"

    @property
    def title(self) -> str:
        """What readers see, else the newest."""
        shown = self.published or self.latest
        return shown.title if shown else ""

    @property
    def slug(self) -> str:
        """For addresses; only the number counts there."""
        return slugify(self.title)[:80]

    @property
    def is_original(self) -> bool:
        return self.language == self.article.language


class ArticleFile(CheckedFile):
    """A file of an article; the bytes are a blob. Readers get it while a published revision names it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=150)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    # A picture of the text, which names it `cid:CONTENT_ID`.
    is_inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=250, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now, editable=False)

    objects = ArticleFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["digest"], name="kb_file_digest")]

    def __str__(self) -> str:
        return self.name
