"""Fields say where they appear and in which words, tags are rows, and settings may leave work behind."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import core.clock

REGISTER_TAGS = """
INSERT INTO tickets_tag (name, is_active, created_at)
SELECT DISTINCT unnest(tags), true, now() FROM tickets_ticket WHERE tags <> '{}'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0011_stock_matrix"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="fielddefinition",
            name="labels",
            field=models.JSONField(blank=True, default=dict, verbose_name="label in other languages"),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="is_searchable",
            field=models.BooleanField(default=False, verbose_name="searched often"),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="queues",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="tickets.queue", verbose_name="only in these queues"
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="types",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="tickets.tickettype", verbose_name="only for these types"
            ),
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50, unique=True, verbose_name="name")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Chore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("parked_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tag", "A tag gets another name"),
                            ("handover", "The tickets of an agent are handed over"),
                            ("index", "The index of a field is made"),
                        ],
                        max_length=10,
                    ),
                ),
                ("data", models.JSONField()),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("done", models.PositiveIntegerField(default=0)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "Work that follows from settings",
                "indexes": [
                    models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="chore_due")
                ],
            },
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(REGISTER_TAGS, migrations.RunSQL.noop),
    ]
