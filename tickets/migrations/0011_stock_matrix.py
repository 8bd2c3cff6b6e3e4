"""The priority that follows from impact and urgency, as ITIL's usual matrix has it; administrators change it."""

from django.db import migrations


def add_cells(apps, schema_editor):
    cells = apps.get_model("tickets", "MatrixCell")
    by_level = {row.level: row for row in apps.get_model("tickets", "Priority").objects.order_by("-position")}
    for impact in (1, 2, 3):
        for urgency in (1, 2, 3):
            if priority := by_level.get(impact + urgency - 1):
                cells.objects.get_or_create(impact=impact, urgency=urgency, defaults={"priority": priority})


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_desk_work")]

    operations = [migrations.RunPython(add_cells, migrations.RunPython.noop)]
