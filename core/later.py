"""The one place where something is put off until the transaction has been committed."""

from collections.abc import Callable

from django.db import transaction


def after_commit(action: Callable[[], object]) -> None:
    """Run `action` once the current transaction is durable; never when it is rolled back.

    An error in `action` is logged and stops nothing else: whatever must not be lost is a row (see core/work.py).
    """
    transaction.on_commit(action, robust=True)
