"""Servers that are signed in to with the leave of a mailbox's provider."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0014_answered")]

    operations = [
        migrations.AddField(
            "server",
            "consent",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="servers",
                to="mail.consent",
                verbose_name="leave of a provider",
            ),
        ),
    ]
