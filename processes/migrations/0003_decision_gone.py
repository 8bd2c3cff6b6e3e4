"""Whoever is gone is asked no more; the row says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("processes", "0002_sender")]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("approved", "approved"),
                    ("declined", "declined"),
                    ("delegated", "passed on"),
                    ("gone", "not asked any more"),
                ],
                max_length=9,
            ),
        ),
    ]
