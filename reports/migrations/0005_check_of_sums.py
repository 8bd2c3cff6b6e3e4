"""A check whose comparison of sums did not come to its end says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_indexes")]

    operations = [migrations.AlterField("check", "hours", models.PositiveIntegerField(null=True))]
