"""Where there are tickets already, their rows are told in the background."""

from django.db import migrations


def ask(apps, schema_editor):
    if apps.get_model("tickets", "Ticket").objects.exists():
        apps.get_model("reports", "Rebuild").objects.create(reason="upgrade")


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
