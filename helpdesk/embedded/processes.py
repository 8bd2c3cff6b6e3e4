"""Small facts about processes: whether one is there, whether it is the one we mean, how it ends."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec only the plain call is safe.
_LIBC = ctypes.CDLL(None)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and only waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def is_server(pid: int, *, program: str, folder: Path) -> bool:
    """Whether the process is that program at work in that folder. A bare number proves nothing: numbers are reused."""
    if not is_alive(pid):
        return False
    try:
        name = Path(f"/proc/{pid}/exe").readlink().name
        return name.removesuffix(" (deleted)") == program and Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Wait until the condition holds, at most so long; answers whether it came to hold."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def ends_with_its_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec so that the kernel sends it `number` when its parent dies.

    Only for parents with a single thread: the signal follows the thread that forked, and code after a fork may
    otherwise wait for a lock that nobody holds any more.
    """
    parent = os.getpid()

    def prepare() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))
            if os.getppid() != parent:
                os._exit(1)

    return prepare
