"""Many rows saved by one statement. Django's bulk_update builds an expression for each value, which takes far longer
than the database needs for all of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models


def update_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Set these fields; each row has the primary key as "pk" and the values by the names of the fields' columns."""
    if not rows:
        return
    key: Any = model._meta.pk
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    if len(rows) == 1:
        _update_row(model, fields, rows[0])
        return
    columns = {field.column: _type(field) for field in (key, *fields)}
    sql = (
        f"UPDATE {model._meta.db_table} AS stored "  # noqa: S608 - names of tables and columns
        f"SET {', '.join(f'{field.column} = changed.{field.column}' for field in fields)} "
        f"FROM jsonb_to_recordset(%s) AS changed ({', '.join(f'{name} {kind}' for name, kind in columns.items())}) "
        f"WHERE stored.{key.column} = changed.{key.column}"
    )
    plain = [{key.column: row["pk"], **{field.column: row[field.column] for field in fields}} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(plain, default=_text)])


def _update_row(model: type[models.Model], fields: Sequence[Any], row: Mapping[str, Any]) -> None:
    """One alone is found by its key; to make a table of it costs the database several times as much."""
    key: Any = model._meta.pk
    values = [field.get_db_prep_save(row[field.column], connection) for field in fields]
    places = ", ".join(f"{field.column} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {places} WHERE {key.column} = %s",  # noqa: S608 - names as above
            [*values, row["pk"]],
        )


def _type(field: Any) -> str:
    """As in the table; a primary key without being counted up."""
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _text(value: Any) -> str:
    return value.isoformat()
