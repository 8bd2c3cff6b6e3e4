"""What workers know of each other, in the cache: for which work somebody has been called already.

It saves calls and decides nothing: it is forgotten after seconds, and rows alone say what is to be done.
"""

from django.conf import settings
from django.core.cache import cache

# A call that nobody has taken after this is repeated, in case it was lost.
CALL_SECONDS = 2


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
