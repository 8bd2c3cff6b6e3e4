"""Why a message is no ticket, as a code that every language has words for; and the folder that its UID belongs to.

What was fetched before came from where the account points now, as far as anybody knows.
"""

from urllib.parse import quote

from django.db import migrations, models

REASONS = [
    ("no_sender", "It names no sender."),
    ("bad_sender", "The address of its sender cannot be answered."),
    ("deactivated", "Its sender has been deactivated."),
    ("no_queue", "No address is set up, so no queue can be found for it."),
    ("too_complex", "It is built in too complicated a way to be read safely."),
    ("unreadable", "Reading it took too much time or memory, or broke off."),
    ("trouble", "Every try to make a ticket of it failed."),
    ("not_fetched", "It has not been fetched yet. The next visit to the mailbox tries again."),
    ("unfetchable", "It could not be fetched."),
    ("too_large", "It is larger than a message may be here, so it stays in its mailbox."),
    ("gone", "It is no longer on the server."),
    ("copy", "The same message came before."),
    ("own", "It is a message of our own that came back."),
    ("report", "It is a report about the delivery of a message of ours."),
    ("discarded", "Set aside by an administrator"),
]


def name_the_folders(apps, schema_editor):
    messages = apps.get_model("mail", "Incoming").objects
    for account in apps.get_model("mail", "Account").objects.all():
        place = f"imap://{quote(account.username)}@{account.host.lower()}/{quote(account.folder)}"[:750]
        messages.filter(account=account, uid__isnull=False).update(place=place)


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0004_failed_outgoing"),
    ]

    operations = [
        migrations.AddField(
            model_name="incoming",
            name="place",
            field=models.CharField(blank=True, db_default="", default="", max_length=750),
        ),
        migrations.AddField(
            model_name="incoming",
            name="reason_code",
            field=models.CharField(blank=True, choices=REASONS, db_default="", default="", max_length=11),
        ),
        migrations.RunPython(name_the_folders, migrations.RunPython.noop),
    ]
