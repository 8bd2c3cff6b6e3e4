"""Files that wait for the virus scanner are trouble that administrators are told of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0015_consent_of_a_server"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incident",
            name="kind",
            field=models.CharField(
                choices=[
                    ("waiting", "mail waits too long"),
                    ("quarantine", "mail is in quarantine"),
                    ("account", "a mailbox has not been read"),
                    ("spool", "mail waits in files"),
                    ("sending", "mail does not leave"),
                    ("scanner", "files wait for the virus scanner"),
                ],
                max_length=10,
            ),
        ),
    ]
