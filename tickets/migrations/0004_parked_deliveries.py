"""An index of what was given up, which is little: System health counts and lists it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tickets", "0003_stock_rows"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("parked_at__isnull", False)), fields=["parked_at"], name="delivery_parked"
            ),
        ),
    ]
