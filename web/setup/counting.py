"""Several counters in one statement, each counted no further than `LIMIT`."""

from django.db import connection
from django.db.models import QuerySet

LIMIT = 1000


def counts(**querysets: QuerySet) -> dict[str, int]:
    """`counts(queues=Queue.objects.all(), ...)` -> `{"queues": 14, ...}` with one query."""
    parts, values = [], []
    for queryset in querysets.values():
        sql, params = queryset.order_by().values("pk")[:LIMIT].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 (values are parameters)
        values.extend(params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)  # noqa: S608
        return dict(zip(querysets, cursor.fetchone(), strict=True))
