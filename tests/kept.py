"""Rows made once and put back for each test: to build the world through the verbs each time is a sixth of all tests."""

import copy
from collections.abc import Callable
from typing import Any

from django.db import connection, models, transaction

COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ')
FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY table_name
"""


class Kept:
    """What `build` adds to the database, as one statement. Must be made where nobody has left anything."""

    def __init__(self, build: Callable[[], Any]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            before = rows_of_all_tables(cursor)
            built = build()
            added = {table: _rows(cursor, table) - known for table, known in before.items()}
            self._statement = insertion(cursor, added)
            self._things = {
                name: _values(type(row)._default_manager.get(pk=row.pk)) for name, row in vars(built).items()
            }
            self._kind = type(built)
            transaction.set_rollback(True)

    def put_back(self) -> Any:
        """Add the rows, and return what `build` returned as it stands in the database.

        Raises `IntegrityError`, and adds nothing, where some of it is there already.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self._statement)
        return self._kind(**{name: _row(*thing) for name, thing in self._things.items()})


def rows_of_all_tables(cursor: Any) -> dict[str, set[str]]:
    return {table: _rows(cursor, table) for table in connection.introspection.table_names(cursor)}


def insertion(cursor: Any, rows: dict[str, set[str]]) -> bytes:
    """The statement that adds these rows, given as JSON, to their tables."""
    cursor.execute(COLUMNS)
    columns = dict(cursor.fetchall())
    parts = [
        cursor.mogrify(
            f'INSERT INTO "{table}" ({columns[table]}) SELECT {columns[table]} '  # noqa: S608
            f'FROM json_populate_recordset(NULL::"{table}", %s)',
            [f"[{','.join(sorted(found))}]"],
        )
        for table, found in rows.items()
        if found
    ]
    return b";".join(parts)


def _values(row: models.Model) -> tuple[type[models.Model], dict[str, Any]]:
    return type(row), {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _row(model: type[models.Model], values: dict[str, Any]) -> models.Model:
    """As a query would give it, without one."""
    own = copy.deepcopy(values)
    return model.from_db(connection.alias, list(own), list(own.values()))


def _rows(cursor: Any, table: str) -> set[str]:
    cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')  # noqa: S608
    return {text for (text,) in cursor.fetchall()}
