"""An index of mail that could not be delivered, which is little: the outbox counts and lists it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("mail", "0003_letters"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="outgoing",
            index=models.Index(condition=models.Q(("state", "failed")), fields=["-id"], name="outgoing_failed"),
        ),
    ]
