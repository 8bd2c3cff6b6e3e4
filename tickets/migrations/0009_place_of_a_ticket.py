"""Where a ticket stands in a list, without the ticket: the search sorts many and shows few."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tickets", "0008_lean_indexes"),
    ]

    operations = [
        # Large tables take their time; what a web page may not, this may.
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(fields=["id"], include=["queue", "changed_at"], name="ticket_place"),
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
