"""The limited child: what it may use, what it may touch, and what comes back."""

import ctypes
import gc
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from mail.parse import TooComplex, parse
from mail.sandbox import ChildCrashed, ChildFailed, LimitExceeded, parse_limited, run_limited
from tests.mail.test_parse_corpus import CORPUS
from tests.mail.test_parse_hostile import nested


def open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def children() -> set[str]:
    """The pids of our children, ended ones that nobody asked for included."""
    return {pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


def test_the_result_comes_back_whole():
    assert run_limited(lambda data: data * 2, b"ab") == b"abab"
    assert run_limited(lambda data: data * 3_000_000, b"abc") == b"abc" * 3_000_000


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.eml")), ids=lambda path: path.stem)
def test_parsing_in_the_child_gives_the_same_message(path):
    raw = path.read_bytes()
    assert parse_limited(raw) == parse(raw)


def test_T14_too_complex_is_told_as_such():
    with pytest.raises(TooComplex, match="parts nested too deeply"):
        parse_limited(nested(5_000))


def spin(data: bytes) -> bytes:
    while True:
        pass


def test_F13_endless_work_is_stopped():
    began = time.monotonic()
    with pytest.raises(LimitExceeded) as raised:
        run_limited(spin, b"", cpu_seconds=1)
    assert raised.value.reason == "cpu"
    assert time.monotonic() - began < 10


def test_F13_waiting_is_stopped():
    with pytest.raises(LimitExceeded) as raised:
        run_limited(lambda data: time.sleep(30) or data, b"", wall_seconds=0.3)
    assert raised.value.reason == "wall"


def test_F13_memory_is_bounded():
    with pytest.raises(LimitExceeded) as raised:
        run_limited(lambda data: bytes(4 * 1024**3), b"", memory_mb=256)
    assert raised.value.reason == "memory"


@pytest.mark.parametrize(
    "crash",
    [lambda data: ctypes.string_at(0), lambda data: os._exit(3), lambda data: os.kill(os.getpid(), signal.SIGKILL)],
    ids=["segfault", "exit", "killed"],
)
def test_F13_a_crash_stays_in_the_child(crash):
    with pytest.raises(ChildCrashed):
        run_limited(crash, b"")


def test_an_exception_is_told_by_name():
    with pytest.raises(ChildFailed, match="ZeroDivisionError: "):
        run_limited(lambda data: bytes([1 // len(data)]), b"")
    with pytest.raises(ChildFailed, match="RecursionError"):
        run_limited(recurse, b"")
    with pytest.raises(ChildFailed, match="SystemExit"):
        run_limited(lambda data: exit(1), b"")
    with pytest.raises(ChildFailed, match="TypeError"):
        run_limited(lambda data: "text", b"")


def recurse(data: bytes) -> bytes:
    return recurse(data)


def test_the_child_cannot_use_the_connections_of_the_parent():
    ours, theirs = socket.socketpair()

    def misuse(data: bytes) -> bytes:
        try:
            ours.send(b"hello from the child")
        except OSError as error:
            return str(error.errno).encode()
        return b"sent"

    try:
        assert run_limited(misuse, b"") == b"9"  # EBADF
        ours.send(b"x")
        theirs.settimeout(5)
        assert theirs.recv(100) == b"x"
    finally:
        ours.close()
        theirs.close()


def test_the_child_writes_no_files(tmp_path):
    def write(data: bytes) -> bytes:
        number = os.open(tmp_path / "x", os.O_CREAT | os.O_WRONLY)
        return str(os.write(number, b"data")).encode()

    with pytest.raises((ChildFailed, ChildCrashed)):
        run_limited(write, b"")


def test_nothing_is_left_behind():
    run_limited(bytes, b"")
    before = open_files(), children()
    for _ in range(20):
        run_limited(bytes, b"")
    with pytest.raises(LimitExceeded):
        run_limited(lambda data: time.sleep(30) or data, b"", wall_seconds=0.05)
    assert (open_files(), children()) == before


def test_threads_may_use_it_at_the_same_time():
    results: list[bytes] = []

    def work(number: int) -> None:
        results.extend(run_limited(lambda data: data + b"!", b"%d" % number) for _ in range(5))

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(b"%d!" % number for number in range(4) for _ in range(5))
