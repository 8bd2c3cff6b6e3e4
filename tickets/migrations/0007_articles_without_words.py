"""Articles no longer carry their words for the search: passages do."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0006_passages"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="article", name="article_search"),
        migrations.RemoveField(model_name="article", name="search"),
    ]
