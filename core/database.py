"""What PostgreSQL knows and Django does not: expressions, locks by name, and which field was given twice."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from django.apps import apps
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import DatabaseError, IntegrityError, InterfaceError, connection
from django.db.models import BigIntegerField, Func


class CurrentTransaction(Func):
    """The id of the running transaction, so that readers can tell which rows might still be missing below it."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = BigIntegerField()
    arity = 0


class TstzRange(Func):
    """From the first moment to before the second; without a second one for ever."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def hold(name: str) -> None:
    """Hold this name until the transaction ends; whoever else wants to hold it waits. Names of a kind begin alike."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


@contextmanager
def in_hand(kind: int, number: int) -> Iterator[bool]:
    """Whether nobody else has this in hand. It is ours until the end of the block, whatever becomes of transactions, or
    until this process is gone."""
    names = [kind, number % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", names)
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", names)


def let_go(kind: int, numbers: Sequence[int]) -> None:
    """What this session has in hand by a statement of its own (`in_hand` does so by itself)."""
    names = [number % 2**31 for number in numbers]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, name) FROM unnest(%s::int[]) AS name", [kind, names])
    except (DatabaseError, InterfaceError):
        drop_session()


def drop_session() -> None:
    """Whatever it has in hand is free; the next question opens another one."""
    if not connection.in_atomic_block:
        connection.close()


def mend_session() -> None:
    """One that was lost is put away, so that the next question opens another one."""
    if connection.in_atomic_block:
        return
    if connection.connection is not None and connection.connection.closed:
        connection.close()
    connection.close_if_unusable_or_obsolete()


class Session:
    """The session with the database as it is now. What it has in hand is lost with it, and another one takes its place
    without a word."""

    def __init__(self) -> None:
        self._connection = connection.connection

    def lasts(self) -> bool:
        same = connection.connection is self._connection
        return same and self._connection is not None and not self._connection.closed


def commit_lightly() -> None:
    """The commit of this transaction does not wait for the disk. For work that a row asks for and that is simply done
    again when a crash of the database undoes it: row and effect go together, and they are on the disk before anything
    that is committed later, such as the claim of whoever sends a mail that this work has written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def field_given_twice(error: IntegrityError) -> str:
    """The field whose value must be the only one of its kind and is not, as the name of the constraint tells; "" when
    that cannot be told, or the error is another one."""
    told = getattr(error.__cause__, "diag", None)
    table, constraint = (getattr(told, name, None) or "" for name in ("table_name", "constraint_name"))
    for model in apps.get_models():
        if model._meta.db_table == table:
            unique = (field for field in model._meta.concrete_fields if field.unique and not field.primary_key)
            return next((field.name for field in unique if constraint.startswith(f"{table}_{field.column}_")), "")
    return ""
