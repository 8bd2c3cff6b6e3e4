"""No index that another one makes needless: each of them costs every message that comes in.

They go one by one and without a lock, as those that take the place of some come. Tags get an index for the search.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# Table, columns, and the name that Django once gave.
NEEDLESS = [
    ("tickets_article", "author_id", "tickets_article_author_id_da62b379"),
    ("tickets_article", "origin_ticket_id", "tickets_article_origin_ticket_id_486a8d4b"),
    ("tickets_article", "ticket_id", "tickets_article_ticket_id_f3e7bed3"),
    ("tickets_attachment", "digest", "tickets_attachment_digest_5d3735c7"),
    ("tickets_attachment", "digest varchar_pattern_ops", "tickets_attachment_digest_5d3735c7_like"),
    ("tickets_event", "article_id", "tickets_event_article_id_b21cb1c1"),
    ("tickets_event", "cause_event_id", "tickets_event_cause_event_id_533c6984"),
    ("tickets_event", "on_behalf_of_id", "tickets_event_on_behalf_of_id_7c05b667"),
    ("tickets_event", "ticket_id", "tickets_event_ticket_id_c2d3d586"),
    ("tickets_ticket", "customer_id", "tickets_ticket_customer_id_f2d9135a"),
    ("tickets_ticket", "merged_into_id", "tickets_ticket_merged_into_id_3a36ad40"),
    ("tickets_ticket", "organisation_id", "tickets_ticket_organisation_id_46625674"),
    ("tickets_ticket", "priority_id", "tickets_ticket_priority_id_f3f0911d"),
    ("tickets_ticket", "queue_id", "tickets_ticket_queue_id_0d3cb9ef"),
    ("tickets_ticket", "responsible_id", "tickets_ticket_responsible_id_bd5c2f96"),
    ("tickets_ticket", "state_id", "tickets_ticket_state_id_e9a10411"),
    ("tickets_ticket", "type_id", "tickets_ticket_type_id_13539d32"),
]


def _drop(table: str, columns: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {table} ({columns})"
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tickets", "0007_articles_without_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Large tables take their time; what a web page may not, this may.
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        AddIndexConcurrently(
            model_name="article",
            index=models.Index(
                condition=models.Q(("origin_ticket__isnull", False)), fields=["origin_ticket"], name="article_origin"
            ),
        ),
        AddIndexConcurrently(
            model_name="attachment",
            index=models.Index(fields=["digest"], name="attachment_digest"),
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                condition=models.Q(("article__isnull", False)), fields=["article"], name="event_of_article"
            ),
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                condition=models.Q(("on_behalf_of__isnull", False)), fields=["on_behalf_of"], name="event_for"
            ),
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                condition=models.Q(("cause_event__isnull", False)), fields=["cause_event"], name="event_effects"
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("responsible__isnull", False)), fields=["responsible"], name="ticket_responsible"
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="ticket_merged"
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="ticket_tags"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[_drop(*index) for index in NEEDLESS],
            state_operations=[
                migrations.AlterField(
                    model_name="article",
                    name="author",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="article",
                    name="origin_ticket",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
                migrations.AlterField(
                    model_name="article",
                    name="ticket",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="tickets.ticket",
                    ),
                ),
                migrations.AlterField(
                    model_name="attachment",
                    name="digest",
                    field=models.CharField(max_length=64),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="article",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="tickets.article",
                    ),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="cause_event",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="tickets.event",
                    ),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="on_behalf_of",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="event",
                    name="ticket",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="tickets.ticket",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="customer",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="merged_into",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="tickets.ticket",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="organisation",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="priority",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.priority",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="queue",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="tickets.queue",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="responsible",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="state",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.state",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="type",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.tickettype",
                    ),
                ),
            ],
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
