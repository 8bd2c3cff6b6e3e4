import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


def forget(apps, schema_editor):
    """Nobody knows whose they were: the next file with these headings is asked about once."""
    apps.get_model("imports", "KnownHeadings").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("imports", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddField("import", "claims", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.RemoveConstraint("knownheadings", "headings_known_once"),
        migrations.AddField(
            "knownheadings",
            "owner",
            models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "knownheadings",
            models.UniqueConstraint(fields=("owner", "what", "digest"), name="headings_known_to_owner"),
        ),
        migrations.AddIndex(
            "origin",
            models.Index(models.F("what"), django.db.models.functions.text.Lower("key"), name="origin_by_key"),
        ),
    ]
