"""A message is fetched once from each POP3 mailbox, which names its messages by words instead of numbers."""

from django.db import migrations, models

CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY each_message_of_a_maildrop_once ON mail_incoming (account_id, place, uidl)
    WHERE NOT (uidl = '')
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mail", "0011_sending")]

    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP INDEX CONCURRENTLY each_message_of_a_maildrop_once",
            state_operations=[
                migrations.AddConstraint(
                    model_name="incoming",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("uidl", ""), _negated=True),
                        fields=("account", "place", "uidl"),
                        name="each_message_of_a_maildrop_once",
                    ),
                ),
            ],
        ),
    ]
