"""What is counted by agent, by owner, and of the backlog of this moment without a look at many rows."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reports", "0003_tallies")]

    operations = [
        # Large tables take their time; what a web page may not, this may.
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        AddIndexConcurrently(
            model_name="fact",
            index=models.Index(
                fields=["kind", "at"],
                name="fact_at_time",
                include=("home_id", "queue_id", "agent_id", "target", "amount", "business"),
            ),
        ),
        RemoveIndexConcurrently(model_name="fact", name="fact_by_time"),
        AddIndexConcurrently(
            model_name="fact",
            index=models.Index(
                condition=models.Q(("owner_id__isnull", False)),
                fields=["owner_id", "kind", "at"],
                name="fact_of_owner",
            ),
        ),
        AddIndexConcurrently(
            model_name="span",
            index=models.Index(
                condition=models.Q(("ends_at__isnull", True)),
                fields=["owner_id", "home_id", "queue_id", "state_id", "priority_id", "starts_at"],
                name="span_open",
            ),
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
