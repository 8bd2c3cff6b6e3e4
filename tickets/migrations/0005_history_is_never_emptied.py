"""TRUNCATE asks no row trigger: the history refuses it by a trigger of its own (T89)."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER tickets_event_never_emptied BEFORE TRUNCATE ON tickets_event
    FOR EACH STATEMENT EXECUTE FUNCTION tickets_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_parked_deliveries")]

    operations = [migrations.RunSQL(TRIGGER, "DROP TRIGGER tickets_event_never_emptied ON tickets_event")]
