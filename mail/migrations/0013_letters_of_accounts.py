"""Letters to people who sign up or are invited, in the name of a brand."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    ("password_reset", "new password"),
    ("alarm", "alarm"),
    ("registration", "signing up"),
    ("invitation", "invitation"),
    ("membership", "invitation into an organisation"),
    ("notice", "notice"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_brands"), ("mail", "0012_messages_of_a_maildrop")]

    operations = [
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20),
        ),
        migrations.AddField(
            model_name="letter",
            name="brand",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.brand",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="data",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
