"""Forms that stand in other websites, what they ask, and what came through them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tickets.models.webform
from core.migrating import CreateModels

LANGUAGES = [("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")]
ASKED = [("no", "not asked"), ("optional", "may be left out"), ("required", "must be filled in")]
LOOK = [("light", "Light"), ("dark", "Dark"), ("auto", "As the visitor's computer is set")]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0016_secret_links")]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="WebForm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                default=tickets.models.webform.new_key, editable=False, max_length=32, unique=True
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "language",
                            models.CharField(choices=LANGUAGES, default="en", max_length=8, verbose_name="language"),
                        ),
                        (
                            "asks_name",
                            models.CharField(
                                choices=ASKED, default="optional", max_length=8, verbose_name="name of the visitor"
                            ),
                        ),
                        (
                            "asks_subject",
                            models.CharField(choices=ASKED, default="required", max_length=8, verbose_name="subject"),
                        ),
                        ("takes_files", models.BooleanField(default=False, verbose_name="files")),
                        ("look", models.CharField(choices=LOOK, default="light", max_length=5, verbose_name="colours")),
                        ("texts", models.JSONField(blank=True, default=dict, verbose_name="texts")),
                        (
                            "consent_url",
                            models.URLField(
                                blank=True, max_length=300, verbose_name="address of the privacy statement"
                            ),
                        ),
                        ("sites", models.JSONField(blank=True, default=list, verbose_name="sites")),
                        (
                            "priority",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.priority",
                                verbose_name="priority",
                            ),
                        ),
                        (
                            "queue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.queue",
                                verbose_name="queue",
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.tickettype",
                                verbose_name="type",
                            ),
                        ),
                    ],
                    options={"ordering": ["name"]},
                ),
                migrations.CreateModel(
                    name="WebFormField",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("is_required", models.BooleanField(default=False)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "field",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.fielddefinition",
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="questions",
                                to="tickets.webform",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("form", "field"), name="one_web_question_each")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebFormPost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("nonce", models.CharField(max_length=32, unique=True)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("held", models.JSONField(default=list)),
                        ("consent", models.TextField(blank=True)),
                        (
                            "form",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="posts",
                                to="tickets.webform",
                            ),
                        ),
                        (
                            "ticket",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="web_post",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={"ordering": ["-pk"]},
                ),
            ]
        ),
    ]
