"""Expressions that PostgreSQL knows and Django does not."""

from django.db.models import BigIntegerField, Func


class CurrentTransaction(Func):
    """The id of the running transaction, so that readers can tell which rows might still be missing below it."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = BigIntegerField()
    arity = 0
