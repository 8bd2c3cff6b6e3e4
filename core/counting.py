"""Several figures in one statement: counts that go no further than a limit, and the first value of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

LIMIT = 1000


def capped(number: int) -> dict[str, str]:
    """For sentences with %(number)s: "14", or "999+" where it was counted no further."""
    return {"number": f"{LIMIT - 1}+" if number >= LIMIT else str(number)}


def counts(**querysets: QuerySet) -> dict[str, int]:
    """`counts(queues=Queue.objects.all(), ...)` -> `{"queues": 14, ...}` with one query."""
    return figures(querysets)


def figures(
    counted: Mapping[str, QuerySet], *, firsts: Mapping[str, QuerySet] | None = None, limit: int = LIMIT
) -> dict[str, Any]:
    """How many rows each of `counted` has, up to `limit`, and the first value of each of `firsts`, which are ordered
    and give one column (`values_list`); None where there is no row. One query; the names are those given."""
    return ask(statement_of(counted, firsts=firsts or {}, limit=limit))


@dataclass(frozen=True)
class Statement:
    """`names` are those of its columns; `nothing` is the answer where nothing has to be asked."""

    sql: str
    params: Sequence[Any]
    names: Sequence[str]
    nothing: Mapping[str, Any]


def statement_of(counted: Mapping[str, QuerySet], *, firsts: Mapping[str, QuerySet], limit: int) -> Statement:
    """What `figures` asks."""
    parts = {}
    for name, queryset in counted.items():
        if part := _sql(queryset.order_by().values("pk")[:limit]):
            parts[name] = (f"(SELECT count(*) FROM ({part[0]}) AS counted)", part[1])  # noqa: S608
    for name, queryset in firsts.items():
        if part := _sql(queryset[:1]):
            parts[name] = (f"({part[0]})", part[1])
    return Statement(
        sql=f"SELECT {', '.join(sql for sql, _params in parts.values())}",  # noqa: S608
        params=[param for _sql, params in parts.values() for param in params],
        names=list(parts),
        nothing={**dict.fromkeys(counted, 0), **dict.fromkeys(firsts, None)},
    )


def ask(statement: Statement) -> dict[str, Any]:
    if not statement.names:
        return dict(statement.nothing)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        return {**statement.nothing, **dict(zip(statement.names, cursor.fetchone(), strict=True))}


def _sql(queryset: QuerySet) -> tuple[str, tuple] | None:
    """None where Django knows without asking that there is nothing."""
    try:
        return queryset.query.sql_with_params()
    except EmptyResultSet:
        return None
