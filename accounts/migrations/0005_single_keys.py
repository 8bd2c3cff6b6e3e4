"""Shortcuts of a single key can be turned off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_signing_out_everywhere")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="single_keys",
            field=models.BooleanField(default=True, verbose_name="shortcuts of a single key"),
        ),
    ]
