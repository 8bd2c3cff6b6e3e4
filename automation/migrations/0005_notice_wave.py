"""The notices of one go at many tickets are found together."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("automation", "0004_told_once")]

    operations = [
        # Large tables take their time; what a web page may not, this may.
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        AddIndexConcurrently(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("wave", 0), _negated=True), fields=["user", "wave", "-id"], name="notice_wave"
            ),
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
