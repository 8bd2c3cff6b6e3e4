"""To hear of all events is a choice of its own: an endpoint without one hears of none by itself."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ALL = ["anything"]


def say_all(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("automation", "Endpoint").objects.filter(events=[]).update(events=ALL)


def say_nothing(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("automation", "Endpoint").objects.filter(events=ALL).update(events=[])


class Migration(migrations.Migration):
    dependencies = [("automation", "0002_rule_draft")]

    operations = [migrations.RunPython(say_all, say_nothing)]
