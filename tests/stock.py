"""The rows that migrations make: what a test database holds before each test, and again after those that commit.

Django empties all tables instead, those without a row too, and reads the stock rows back one by one, which takes a
second for each such test.
"""

from typing import Any

from django.db import connection, transaction

from tests.kept import insertion, rows_of_all_tables


class Stock:
    """Must be made where no test has left anything."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            found = rows_of_all_tables(cursor)
            self._tables = sorted(found)
            self._statement = insertion(cursor, found)
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            self._guarded = {table for (table,) in cursor.fetchall()}

    def restore(self) -> None:
        """Whatever stands there is gone, append-only tables too, and the stock rows are back."""
        with transaction.atomic(), connection.cursor() as cursor:
            filled = self._with_rows(cursor)
            guarded = [table for table in filled if table in self._guarded]
            for table in guarded:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in filled:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608
            cursor.execute(self._statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in guarded:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')

    def _with_rows(self, cursor: Any) -> list[str]:
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")"  # noqa: S608
            for table in self._tables
        )
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]
