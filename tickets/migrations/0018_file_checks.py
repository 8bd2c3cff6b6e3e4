"""What a virus scanner said about files, by their bytes."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0017_web_forms"),
    ]

    operations = [
        migrations.CreateModel(
            name="FileCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("parked_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True)),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unchecked", "not checked for viruses"),
                            ("waiting", "being checked for viruses"),
                            ("clean", "no virus found"),
                            ("infected", "contains a virus"),
                            ("too_large", "too large to be checked for viruses"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("found", models.CharField(blank=True, max_length=150)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "Files that are checked for viruses",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="file_check_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["added_at"], name="file_check_waits"
                    ),
                ],
            },
        ),
    ]
