"""What time it is for what people do. Verbs ask here, so that imports and tests can tell a story of the past.

Work rows, leases and tokens go by the real clock (`timezone.now`): nobody may pretend there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

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


def in_utc(moment: datetime) -> datetime:
    """The same moment as the database takes it: that knows no zones 16 hours or more away.

    At both ends of the calendar, where this cannot be reckoned, the zone is left out.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
