"""Knowledge: categories, articles in several languages with revisions that only grow, feedback and use."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.migrating import CreateModels

NUMBERS = "CREATE SEQUENCE knowledge_number START 1"

# What was written and who did what: rows come and never change. `SET LOCAL helpdesk.erasure = 'on'` lets the erasure of
# a person replace the words of a revision or what a line of the history says.
TRIGGERS = """
CREATE FUNCTION knowledge_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erased text[] := '{title,summary,body,text,note,data}';
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('helpdesk.erasure', true) = 'on' THEN
        IF to_jsonb(NEW) - erased = to_jsonb(OLD) - erased THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the history of articles is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER knowledge_revision_append_only BEFORE UPDATE OR DELETE ON knowledge_revision
    FOR EACH ROW EXECUTE FUNCTION knowledge_only_grows();
CREATE TRIGGER knowledge_articleevent_append_only BEFORE UPDATE OR DELETE ON knowledge_articleevent
    FOR EACH ROW EXECUTE FUNCTION knowledge_only_grows();
"""
BACK = """
DROP TRIGGER knowledge_articleevent_append_only ON knowledge_articleevent;
DROP TRIGGER knowledge_revision_append_only ON knowledge_revision;
DROP FUNCTION knowledge_only_grows();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0008_brands"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("tickets", "0013_pictures"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Category",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names in other languages")),
                        ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                        (
                            "descriptions",
                            models.JSONField(blank=True, default=dict, verbose_name="descriptions in other languages"),
                        ),
                        ("icon", models.CharField(blank=True, max_length=40, verbose_name="icon")),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="knowledge.category",
                                verbose_name="inside",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "needs_review",
                            models.BooleanField(
                                default=False, verbose_name="somebody else reviews before it is published"
                            ),
                        ),
                        (
                            "brands",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="accounts.brand", verbose_name="only for these brands"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "name", "id"],
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Article",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveBigIntegerField(editable=False, unique=True)),
                        (
                            "category",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="articles",
                                to="knowledge.category",
                                verbose_name="category",
                            ),
                        ),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("public", "Everybody"),
                                    ("customers", "Customers who have signed in"),
                                    ("internal", "Agents"),
                                ],
                                default="internal",
                                max_length=9,
                                verbose_name="who can read it",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                default="en",
                                max_length=8,
                                verbose_name="original language",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                        ("review_at", models.DateField(blank=True, null=True, verbose_name="look at it again on")),
                        ("reminded_for", models.DateField(blank=True, editable=False, null=True)),
                        ("views", models.PositiveIntegerField(default=0, editable=False)),
                        ("helpful", models.PositiveIntegerField(default=0, editable=False)),
                        ("unhelpful", models.PositiveIntegerField(default=0, editable=False)),
                        ("version", models.PositiveIntegerField(default=0, editable=False)),
                        ("is_published", models.BooleanField(default=False, editable=False)),
                        ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                        ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "roles",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="auth.group", verbose_name="only for these roles"
                            ),
                        ),
                        (
                            "brands",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="accounts.brand", verbose_name="only for these brands"
                            ),
                        ),
                        (
                            "related",
                            models.ManyToManyField(blank=True, to="knowledge.article", verbose_name="related articles"),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                        "permissions": [("write_articles", "Write articles"), ("publish_articles", "Publish articles")],
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["category", "number"], name="kb_article_category"),
                            models.Index(
                                condition=models.Q(("review_at__isnull", False)),
                                fields=["review_at"],
                                name="kb_article_review",
                            ),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Translation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "article",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="translations",
                                to="knowledge.article",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                max_length=8,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("in_review", "In review"),
                                    ("scheduled", "Scheduled"),
                                    ("published", "Published"),
                                    ("archived", "Archived"),
                                ],
                                default="draft",
                                max_length=9,
                            ),
                        ),
                        (
                            "published",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="knowledge.revision",
                            ),
                        ),
                        (
                            "latest",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="knowledge.revision",
                            ),
                        ),
                        ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("publish_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "of_revision",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="knowledge.revision",
                            ),
                        ),
                        ("words", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                    ],
                    options={
                        "ordering": ["article", "language"],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(fields=["words"], name="kb_translation_words"),
                            models.Index(
                                condition=models.Q(("publish_at__isnull", False)),
                                fields=["publish_at"],
                                name="kb_translation_publish",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("article", "language"), name="kb_one_translation_each"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("publish_at__isnull", False), ("state", "scheduled")),
                                    models.Q(
                                        models.Q(("state", "scheduled"), _negated=True), ("publish_at__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="kb_scheduled_has_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ArticleFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "article",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="files",
                                to="knowledge.article",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("content_type", models.CharField(max_length=150)),
                        ("size", models.PositiveBigIntegerField()),
                        ("digest", models.CharField(max_length=64)),
                        ("is_inline", models.BooleanField(default=False)),
                        ("content_id", models.CharField(blank=True, max_length=250)),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("added_at", models.DateTimeField(default=core.clock.now, editable=False)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["digest"], name="kb_file_digest")],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Feedback",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "article",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="feedback",
                                to="knowledge.article",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                max_length=8,
                            ),
                        ),
                        ("helpful", models.BooleanField()),
                        ("comment", models.TextField(blank=True, max_length=2000)),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reader", models.CharField(max_length=64)),
                        ("at", models.DateTimeField(default=core.clock.now)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "done_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("article", "reader"), name="kb_one_feedback_each")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Revision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "translation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revisions",
                                to="knowledge.translation",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        ("summary", models.CharField(blank=True, max_length=500)),
                        ("body", models.TextField(blank=True)),
                        ("text", models.TextField(blank=True)),
                        (
                            "keywords",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "files",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=core.clock.now, editable=False)),
                        ("note", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "ordering": ["translation", "-number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("translation", "number"), name="kb_one_revision_per_number")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewComment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "translation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comments",
                                to="knowledge.translation",
                            ),
                        ),
                        (
                            "revision",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="comments",
                                to="knowledge.revision",
                            ),
                        ),
                        (
                            "answers",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="replies",
                                to="knowledge.reviewcomment",
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("quote", models.CharField(blank=True, max_length=500)),
                        ("body", models.TextField(max_length=5000)),
                        ("at", models.DateTimeField(default=core.clock.now, editable=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "done_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "id"],
                        "indexes": [models.Index(fields=["translation", "at"], name="kb_comment_translation")],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="ArticleEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "article",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="knowledge.article",
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("kind", models.CharField(max_length=20)),
                        (
                            "translation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="knowledge.translation",
                            ),
                        ),
                        (
                            "revision",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="knowledge.revision",
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=core.clock.now, editable=False)),
                        ("data", models.JSONField(default=dict)),
                    ],
                    options={
                        "ordering": ["article", "-version"],
                        "constraints": [
                            models.UniqueConstraint(fields=("article", "version"), name="kb_one_event_per_version")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SearchLog",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("query", models.CharField(max_length=200)),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                max_length=8,
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.brand",
                            ),
                        ),
                        ("hits", models.PositiveIntegerField()),
                        (
                            "clicked",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="knowledge.article",
                            ),
                        ),
                        ("at", models.DateTimeField(default=core.clock.now)),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                        "indexes": [
                            models.Index(fields=["at"], name="kb_search_at"),
                            models.Index(
                                condition=models.Q(("hits", 0)), fields=["query", "language"], name="kb_search_failed"
                            ),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Reading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "article",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="readings",
                                to="knowledge.article",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                max_length=8,
                            ),
                        ),
                        ("day", models.DateField()),
                        ("views", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["day"], name="kb_reading_day")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("article", "language", "day"), name="kb_one_reading_per_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Use",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "article",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="uses", to="knowledge.article"
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="knowledge_uses",
                                to="tickets.ticket",
                            ),
                        ),
                        (
                            "how",
                            models.CharField(
                                choices=[
                                    ("linked", "link in a reply"),
                                    ("inserted", "text in a reply"),
                                    ("solved", "solved it"),
                                    ("deflected", "answered before it was sent"),
                                    ("source", "the article was made from it"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                max_length=8,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=core.clock.now)),
                    ],
                    options={
                        "ordering": ["-at", "-id"],
                        "indexes": [models.Index(fields=["article", "at"], name="kb_use_at")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ticket__isnull", False)),
                                fields=("article", "ticket", "how"),
                                name="kb_one_use_each",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ticket__isnull", False), ("how", "deflected"), _connector="OR"),
                                name="kb_use_has_ticket",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(NUMBERS, "DROP SEQUENCE knowledge_number"),
        migrations.RunSQL(TRIGGERS, BACK),
    ]
