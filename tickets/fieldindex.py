"""The index of a custom field that tickets are often searched by: one per field, made without holding anybody up.

Whether a value *is* something one index answers for all fields (tickets/models/ticket.py). These are for ranges of
numbers and dates, and for what is empty.
"""

from django.db import connection

from tickets.models import FieldDefinition


def keep_index(definition: FieldDefinition) -> None:
    """Make the index when the field says so, drop it otherwise. A half-made one, left by a crash, is made anew.

    Outside any transaction, as PostgreSQL asks of CONCURRENTLY.
    """
    name, state = index_name(definition), index_state(definition)
    wanted = definition.is_searchable and definition.is_active
    with connection.cursor() as cursor:
        # a large table takes its time; what a web page may not, this may
        cursor.execute("SET statement_timeout = 0")
        try:
            if state and not (wanted and state == "ready"):
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            if wanted and state != "ready":
                cursor.execute(
                    f"CREATE INDEX CONCURRENTLY {name} ON tickets_ticket ((custom_fields -> %s)) "
                    "WHERE custom_fields ? %s",
                    [definition.key, definition.key],
                )
        finally:
            cursor.execute("RESET statement_timeout")


def index_name(definition: FieldDefinition) -> str:
    return f"ticket_field_{int(definition.pk)}"


def index_state(definition: FieldDefinition) -> str:
    """ "ready", "broken" (half-made), or empty when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [index_name(definition)])
        row = cursor.fetchone()
    return "" if row is None else "ready" if row[0] else "broken"


def ready_indexes() -> set[int]:
    """The fields (by id) whose index is there and complete."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid "
            "WHERE indrelid = 'tickets_ticket'::regclass AND indisvalid AND relname ~ '^ticket_field_[0-9]+$'"
        )
        return {int(name.rpartition("_")[2]) for (name,) in cursor.fetchall()}
