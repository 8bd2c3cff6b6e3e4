"""Who never chose a time zone has none. Until now they had UTC, which nothing tells from a choice: all of them may
choose anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_names")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="time_zone",
            field=models.CharField(blank=True, max_length=64, verbose_name="time zone"),
        ),
        migrations.RunSQL(
            "UPDATE accounts_user SET time_zone = '' WHERE time_zone = 'UTC'",
            "UPDATE accounts_user SET time_zone = 'UTC' WHERE time_zone = ''",
        ),
    ]
