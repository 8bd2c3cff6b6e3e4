"""The sequence of ticket numbers, and a history that can only grow.

`SET LOCAL helpdesk.erasure = 'on'` lets the erasure of a person replace `data` of an event; nothing else may change,
and no row may go.
"""

from django.db import migrations

SEQUENCE = "CREATE SEQUENCE tickets_number START 10001"

TRIGGER = """
CREATE FUNCTION tickets_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('helpdesk.erasure', true) = 'on' THEN
        IF to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the history of tickets is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER tickets_event_append_only BEFORE UPDATE OR DELETE ON tickets_event
    FOR EACH ROW EXECUTE FUNCTION tickets_event_is_append_only();
"""

BACK = """
DROP TRIGGER tickets_event_append_only ON tickets_event;
DROP FUNCTION tickets_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE tickets_number"),
        migrations.RunSQL(TRIGGER, BACK),
    ]
