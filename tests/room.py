"""Room for the frames of what a test calls, in one piece.

CPython keeps them in pieces of 16 kB, which it takes from the system when a call needs the next one, and gives back when
that call returns (`DATA_STACK_CHUNK_SIZE`). A loop that happens to run at the end of a piece asks the system for another
one at every turn: up to a third of the time of a test, depending on how deep below pytest it stands.
"""

from collections.abc import Callable
from typing import Any

# In words of 8 bytes: beyond half a megabyte a piece is a whole one, of which nothing is used but what is needed.
WORDS = 80_000


def with_room(call: Callable[..., Any], *args: Any) -> Any:
    return call(*args)


with_room.__code__ = with_room.__code__.replace(co_stacksize=WORDS)
