"""Queues of a brand; a queue without one is for all of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_brands"), ("tickets", "0013_pictures")]

    operations = [
        migrations.AddField(
            model_name="queue",
            name="brand",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="queues",
                to="accounts.brand",
                verbose_name="brand",
            ),
        ),
    ]
