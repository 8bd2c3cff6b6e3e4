"""The promise to write again is called as the one to answer again is. Nothing changes in the database."""

from django.db import migrations, models

OF_POLICIES = [
    ("first_response", "First response"),
    ("next_response", "Next response"),
    ("update", "Next update"),
    ("solution", "Solution"),
]
OF_QUEUES = [("stay", "Time in the queue"), ("lock", "Unlocking")]


class Migration(migrations.Migration):
    dependencies = [("sla", "0002_tickets_by_due_time")]

    operations = [
        migrations.AlterField("clock", "kind", models.CharField(choices=[*OF_POLICIES, *OF_QUEUES], max_length=14)),
        migrations.AlterField("target", "kind", models.CharField(choices=OF_POLICIES, max_length=14)),
    ]
