"""The stock states, priorities and types, as OTRS has them."""

from django.db import migrations

STATES = [
    ("new", "new"),
    ("open", "open"),
    ("pending reminder", "pending_reminder"),
    ("pending auto close+", "pending_auto"),
    ("pending auto close-", "pending_auto"),
    ("closed successful", "closed"),
    ("closed unsuccessful", "closed"),
    ("merged", "merged"),
    ("removed", "removed"),
]
NEXT = {"pending auto close+": "closed successful", "pending auto close-": "closed unsuccessful"}
PRIORITIES = ["1 very low", "2 low", "3 normal", "4 high", "5 very high"]
TYPES = ["Unclassified", "Incident", "Service request", "Problem", "Change"]


def add(apps, schema_editor):
    State = apps.get_model("tickets", "State")
    Priority = apps.get_model("tickets", "Priority")
    TicketType = apps.get_model("tickets", "TicketType")
    for position, (name, type_) in enumerate(STATES):
        State.objects.get_or_create(name=name, defaults={"type": type_, "position": position})
    for name, following in NEXT.items():
        State.objects.filter(name=name).update(next_state=State.objects.get(name=following))
    for level, name in enumerate(PRIORITIES, start=1):
        Priority.objects.get_or_create(name=name, defaults={"level": level, "position": level})
    for position, name in enumerate(TYPES):
        TicketType.objects.get_or_create(name=name, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_numbers_and_history")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
