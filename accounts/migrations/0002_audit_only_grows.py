"""The audit of configuration can only grow (T89).

`SET LOCAL helpdesk.erasure = 'on'` lets the erasure of a person replace what a row says about him (`label`, `before`,
`after`); nothing else may change, and no row may go.
"""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION accounts_configchange_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('helpdesk.erasure', true) = 'on' THEN
        IF to_jsonb(NEW) - '{label,before,after}'::text[] = to_jsonb(OLD) - '{label,before,after}'::text[] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit of configuration is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER accounts_configchange_append_only BEFORE UPDATE OR DELETE ON accounts_configchange
    FOR EACH ROW EXECUTE FUNCTION accounts_configchange_is_append_only();
CREATE TRIGGER accounts_configchange_never_emptied BEFORE TRUNCATE ON accounts_configchange
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_configchange_is_append_only();
"""

BACK = """
DROP TRIGGER accounts_configchange_never_emptied ON accounts_configchange;
DROP TRIGGER accounts_configchange_append_only ON accounts_configchange;
DROP FUNCTION accounts_configchange_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(TRIGGERS, BACK)]
