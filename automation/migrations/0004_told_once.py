"""What came of one go at many tickets is told once; administrators hear of Helpdesk itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("automation", "0003_all_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="wave",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="noticedelivery",
            name="wave",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="HouseNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("endpoint_off", "A webhook was switched off by itself")], max_length=20),
                ),
                ("about", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=core.clock.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("read_at__isnull", True)), fields=["user"], name="news_unread"),
                ],
            },
        ),
    ]
