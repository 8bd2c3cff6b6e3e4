"""A message is fetched once from each folder: the same numbers elsewhere are other messages."""

from django.db import migrations, models

CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY each_message_of_a_folder_once ON mail_incoming (account_id, place, uidvalidity, uid)
    WHERE uid IS NOT NULL
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("mail", "0005_reasons_and_places"),
    ]

    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP INDEX CONCURRENTLY each_message_of_a_folder_once",
            state_operations=[
                migrations.AddConstraint(
                    model_name="incoming",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("uid__isnull", False)),
                        fields=("account", "place", "uidvalidity", "uid"),
                        name="each_message_of_a_folder_once",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="incoming", name="each_message_fetched_once"),
    ]
