"""What time it is for what people do. Verbs ask here, so that imports and tests can tell a story of the past.

Work rows, leases and tokens go by the real clock (`timezone.now`): nobody may pretend there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    return _pretended.get() or timezone.now()


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Within, `now()` is `moment`."""
    mark = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(mark)
