"""What workers know of each other, in the cache: who has been called already, and who is at which row.

All of it saves work and decides nothing: it is forgotten after seconds, and rows alone say what is to be done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache

# A call that nobody has taken after this is repeated, in case it was lost.
CALL_SECONDS = 2
# Longer than almost any row takes: who comes to one again after this does what is done already, or is done elsewhere.
HAND_SECONDS = 5


def goes_on(task: str) -> bool:
    """Whether this task does all rows that are due, so that one call stands for many (settings.GOING_ON)."""
    return task in settings.GOING_ON


def is_called(task: str) -> bool:
    """Whether a call that nobody has taken yet stands for this one too: whoever takes it will see this row.

    Asked once the row is committed. False for the first who asks: he has to call.
    """
    return goes_on(task) and not cache.add(f"called:{task}", 1, CALL_SECONDS)


def note_taken(task: str) -> None:
    """From here on calls are wanted again. Said before anybody looks for rows."""
    cache.delete(f"called:{task}")


@contextmanager
def in_hand(task: str, pk: int) -> Iterator[bool]:
    """Whether nobody else is about to do this row. Who dies over it keeps it from others for seconds alone."""
    key = f"hand:{task}:{pk}"
    is_ours = cache.add(key, 1, HAND_SECONDS)
    try:
        yield is_ours
    finally:
        if is_ours:
            cache.delete(key)
