"""Announcements: what the portals tell their readers for a while."""

from django.db import migrations, models

import core.clock

LANGUAGES = [("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")]
LEVELS = [
    ("news", "News"),
    ("maintenance", "Planned work"),
    ("disruption", "Disruption"),
    ("solved", "It works again"),
]
AUDIENCES = [("everybody", "Everybody, also without signing in"), ("signed_in", "People who are signed in")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_brands"), ("knowledge", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(choices=LANGUAGES, default="en", max_length=8, verbose_name="original language"),
                ),
                ("titles", models.JSONField(default=dict, verbose_name="title")),
                ("texts", models.JSONField(blank=True, default=dict, verbose_name="text")),
                ("level", models.CharField(choices=LEVELS, default="news", max_length=12, verbose_name="kind")),
                (
                    "audience",
                    models.CharField(choices=AUDIENCES, default="everybody", max_length=9, verbose_name="for"),
                ),
                ("is_banner", models.BooleanField(default=False, verbose_name="above every page")),
                ("starts_at", models.DateTimeField(default=core.clock.now, verbose_name="shown from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="shown until")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "brands",
                    models.ManyToManyField(
                        blank=True, related_name="announcements", to="accounts.brand", verbose_name="brands"
                    ),
                ),
            ],
            options={"ordering": ["-starts_at", "-pk"]},
        ),
    ]
