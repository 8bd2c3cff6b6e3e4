"""Lists of what is due next are sorted by `Ticket.due_at`, which only this app writes."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sla", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ticket_due ON tickets_ticket (due_at, id) "
            "WHERE due_at IS NOT NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS ticket_due",
        ),
    ]
