"""Changes of an active rule may wait until they are published."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("automation", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="rule",
            name="draft",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="unpublished changes"),
        ),
    ]
