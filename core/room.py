"""Room for the frames of a call, in one piece.

CPython keeps frames in pieces of 16 kB (`DATA_STACK_CHUNK_SIZE` in Python/pystate.c). It takes one from the system
when a call needs the next, and gives it back when that call returns. A loop that happens to run at the end of a piece
does so at every turn: up to a third of the time of a page, depending on how deep below its server it stands. A function
that may need more than a piece gets a larger one, and all it calls have room in what it leaves.
"""

from collections.abc import Callable
from typing import Any

# Of 8 bytes each. The piece is the next power of two, 1 MiB; the system gives of it what is touched.
WORDS = 80_000


def with_room(call: Callable[..., Any], *args: Any) -> Any:
    """What `call(*args)` returns."""
    return call(*args)


with_room.__code__ = with_room.__code__.replace(co_stacksize=WORDS)
