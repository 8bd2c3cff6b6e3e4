"""Work on strangers' bytes in a child process with hard limits of time and memory.

The child is forked, so nothing is imported or configured anew, and it ends by `os._exit`: no clean-up code of the
parent ever runs in it. Its first act is to close every inherited file and socket, so it cannot touch the database or
Redis connections of the parent. This works in Celery's prefork children, which may not use `multiprocessing`.
What comes back is bytes in a frame of our own; nothing that could run code is ever read from the child (T61).
"""

import contextlib
import gc
import os
import resource
import select
import signal
import time
import warnings
from collections.abc import Callable

from mail.parse import parse, parse_head
from mail.parsing.frame import pack, unpack
from mail.parsing.model import Message, TooComplex

RESULT_LIMIT = 1024 * 1024 * 1024
MEGABYTE = 1024 * 1024

_DONE, _FAILED, _MEMORY = b"D", b"F", b"M"


class LimitExceeded(Exception):  # noqa: N818  the word used in the quarantine
    """The child needed too much: `reason` is "cpu", "wall", "memory" or "result"."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"limit exceeded: {reason}")
        self.reason = reason


class ChildCrashed(Exception):  # noqa: N818
    """The child died without an answer, as from a fault in a C library."""


class ChildFailed(Exception):  # noqa: N818
    """The function raised: `kind` is the name of the exception's class."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


def parse_limited(raw: bytes) -> Message:
    """`mail.parse.parse` in a limited child: raises TooComplex, LimitExceeded, ChildCrashed or ChildFailed."""
    return unpack(parse_packed_limited(raw))


def parse_packed_limited(raw: bytes) -> bytes:
    """The same, still packed as it came from the child."""
    try:
        return run_limited(_parse_packed, raw)
    except ChildFailed as error:
        if error.kind == TooComplex.__name__:
            raise TooComplex(error.message) from None
        raise


def head_limited(raw: bytes) -> Message | None:
    """The header of a message that could not be read (`mail.parse.parse_head`); None when not even that can be had."""
    with contextlib.suppress(LimitExceeded, ChildCrashed, ChildFailed):
        return unpack(run_limited(_head_packed, raw, cpu_seconds=5, wall_seconds=10, memory_mb=256))
    return None


def run_limited(
    function: Callable[[bytes], bytes],
    argument: bytes,
    *,
    cpu_seconds: int = 20,
    wall_seconds: float = 30,
    memory_mb: int = 1024,
) -> bytes:
    """`function(argument)`, computed by a child that may use this much; `memory_mb` is on top of what the parent has.

    Raises LimitExceeded, ChildCrashed, or ChildFailed if the function raised.
    """
    reading, writing = os.pipe()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: the child runs pure Python
            child = os.fork()
    except BaseException:
        os.close(reading)
        os.close(writing)
        raise
    if child == 0:
        _be_the_child(function, argument, writing, cpu_seconds, memory_mb)
    os.close(writing)
    try:
        answer, reason = _read_answer(reading, time.monotonic() + wall_seconds)
    finally:
        os.close(reading)
        status = _end(child)
    if reason:
        raise LimitExceeded(reason)
    return _understood(answer, status)


def _parse_packed(raw: bytes) -> bytes:
    return pack(parse(raw))


def _head_packed(raw: bytes) -> bytes:
    return pack(parse_head(raw))


# The child.


def _be_the_child(
    function: Callable[[bytes], bytes], argument: bytes, writing: int, cpu_seconds: int, memory_mb: int
) -> None:
    """Never returns and never raises: whatever happens, the process ends here."""
    try:
        _shut_out_the_world(writing)
        _limit(cpu_seconds, memory_mb)
        _send(writing, _DONE, function(argument))
    except MemoryError:
        _send(writing, _MEMORY, b"")
    except BaseException as error:  # noqa: BLE001  nothing may escape into the parent's code
        _send(writing, _FAILED, f"{type(error).__name__}\n{error}".encode("utf-8", "replace")[:2_000])
    finally:
        os._exit(0)


def _shut_out_the_world(keep: int) -> None:
    gc.disable()  # a collected connection object would say goodbye on a socket that is not ours
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    os.closerange(3, keep)
    os.closerange(keep + 1, 1_000_000)


def _limit(cpu_seconds: int, memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _address_space() + memory_mb * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))


def _address_space() -> int:
    """The size of this process in bytes, most of it shared with the parent; a guess where the system does not tell."""
    try:
        number = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 4 * 1024 * MEGABYTE
    try:
        return int(os.read(number, 100).split()[0]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(number)


def _send(writing: int, kind: bytes, payload: bytes) -> None:
    payload = bytes(payload)
    with contextlib.suppress(OSError):
        for piece in (len(payload).to_bytes(8, "big") + kind, payload):
            view = memoryview(piece)
            while view:
                view = view[os.write(writing, view) :]


# The parent.


def _read_answer(reading: int, deadline: float) -> tuple[bytes, str]:
    """The whole frame, or as much as came before the child died; and which limit was hit, if one was."""
    received = bytearray()
    poller = select.poll()
    poller.register(reading, select.POLLIN | select.POLLHUP)
    while len(received) < 9 or len(received) < 9 + int.from_bytes(received[:8], "big"):
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            return b"", "wall"
        piece = os.read(reading, MEGABYTE)
        if not piece:
            break
        received += piece
        if len(received) >= 9 and int.from_bytes(received[:8], "big") > RESULT_LIMIT:
            return b"", "result"
    return bytes(received), ""


def _end(child: int) -> int | None:
    """Kill (harmless if it has ended, for it is not reaped yet) and reap; None if somebody else reaped it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    try:
        return os.waitpid(child, 0)[1]
    except ChildProcessError:
        return None


def _understood(answer: bytes, status: int | None) -> bytes:
    complete = len(answer) >= 9 and len(answer) == 9 + int.from_bytes(answer[:8], "big")
    if complete and answer[8:9] == _DONE:
        return answer[9:]
    if complete and answer[8:9] == _MEMORY:
        raise LimitExceeded("memory")
    if complete:
        kind, _, message = answer[9:].decode("utf-8", "replace").partition("\n")
        raise ChildFailed(kind, message)
    if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        raise LimitExceeded("cpu")
    raise ChildCrashed(f"the child ended with status {status}")
