"""What PostgreSQL knows and Django does not: an expression, and locks by name."""

import hashlib

from django.db import connection
from django.db.models import BigIntegerField, Func


class CurrentTransaction(Func):
    """The id of the running transaction, so that readers can tell which rows might still be missing below it."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = BigIntegerField()
    arity = 0


def hold(name: str) -> None:
    """Hold this name until the transaction ends; whoever else wants to hold it waits. Names of a kind begin alike."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
