"""The words of a ticket together in rows of their own, apart from the articles (tickets/passages.py)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# Later messages join these rows, or follow them where they are long.
FILL = """
INSERT INTO tickets_passage (ticket_id, is_public, size, words)
SELECT ticket_id, visible_to_customer, length(body), search FROM tickets_article WHERE search IS NOT NULL ORDER BY id
"""
# A row is written again with each message: old versions must not lie in the way of every search.
TIDY = "ALTER TABLE tickets_passage SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)"
UNTIDY = "ALTER TABLE tickets_passage RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)"


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0005_history_is_never_emptied"),
    ]

    operations = [
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_public", models.BooleanField()),
                ("size", models.PositiveIntegerField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passages", to="tickets.ticket"
                    ),
                ),
            ],
        ),
        # Large tables take their time; what a web page may not, this may.
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="passage",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=True, fields=["words"], gin_pending_list_limit=512, name="passage_words"
            ),
        ),
        migrations.RunSQL(TIDY, UNTIDY),
    ]
