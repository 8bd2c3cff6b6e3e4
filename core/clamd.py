"""Asking a virus scanner about bytes: the INSTREAM command of ClamAV's `clamd`. Knows neither files of ours nor rows.

The command is `zINSTREAM\\0`, then pieces with their length before them (4 bytes, network order), a piece of length
nothing at the end; the answer is one line that ends with a zero byte (clamd(8)). What stands in the answer may be made
by whoever wrote a virus: it is one clean short line, and text to whoever shows it.
"""

import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from select import select
from typing import Protocol
from urllib.parse import urlsplit

from core.text import clean_line

PORT = 3310
CONNECT_SECONDS = 5.0
# For the whole of a file: well below the time that a task may take.
SECONDS = 30.0
PIECE = 64 * 1024
MOST_ANSWER = 4 * 1024
LONGEST_NAME = 150


class Away(OSError):
    """Nobody is there to be asked: nothing is wrong with what was asked about."""


class Silent(OSError):
    """Somebody is there and does not answer in time: it may be the scanner, it may be these bytes."""


class Failed(OSError):
    """The scanner could not say what it thinks of these bytes; the text is its answer."""


class TooLarge(Exception):
    """The scanner takes no file of this size (`StreamMaxLength` of clamd.conf)."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Place:
    """Where the scanner listens: a path of this machine, or a name and a port."""

    path: str = ""
    host: str = ""
    port: int = PORT

    def __str__(self) -> str:
        return f"unix://{self.path}" if self.path else f"tcp://{self.host}:{self.port}"


def place(words: str) -> Place | None:
    """Where the setting says that a scanner is; None: there is none. Raises `ValueError`."""
    if not words.strip():
        return None
    with suppress(ValueError):  # of a port that is none
        parts = urlsplit(words.strip())
        if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
            return Place(path=parts.path)
        if parts.scheme == "tcp" and parts.hostname and not (parts.path.strip("/") or parts.username or parts.query):
            return Place(host=parts.hostname, port=parts.port or PORT)
    raise ValueError(f"{words!r} is no place of a scanner: write tcp://host:3310 or unix:///run/clamav/clamd.ctl")


def found_in(file: Readable, at: Place, *, seconds: float = SECONDS) -> str:
    """The name of what the scanner found in these bytes, read from where `file` stands; empty: nothing.

    Raises `TooLarge`, `Away`, `Silent` after so many seconds, and `Failed` for any other answer.
    """
    end = time.monotonic() + seconds
    with _connected(at, end) as line:
        _send(line, file, end)
        answer = _answer(line, end)
    return _meaning(answer)


def version(at: Place, *, seconds: float = 2.0) -> str:
    """What the scanner calls itself, with the age of its signatures. Raises `OSError`."""
    end = time.monotonic() + seconds
    with _connected(at, end) as line:
        line.sendall(b"zVERSION\0")
        return clean_line(_answer(line, end), LONGEST_NAME)


def _connected(at: Place, end: float) -> socket.socket:
    wait = min(CONNECT_SECONDS, _left(end))
    try:
        if not at.path:
            return socket.create_connection((at.host, at.port), timeout=wait)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(wait)
            line.connect(at.path)
        except BaseException:
            line.close()
            raise
        return line
    except OSError as error:
        raise Away(f"{at}: {error}") from error


def _send(line: socket.socket, file: Readable, end: float) -> None:
    """All of it, unless the scanner has answered before its end, or hangs up: then its answer says why."""
    try:
        line.settimeout(_left(end))
        line.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            if _has_answered(line):
                return
            line.settimeout(_left(end))
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except TimeoutError as error:
        raise Silent("It took nothing more in time.") from error
    except OSError:
        return


def _has_answered(line: socket.socket) -> bool:
    return bool(select([line], [], [], 0)[0])


def _answer(line: socket.socket, end: float) -> str:
    said = b""
    try:
        while b"\0" not in said and len(said) < MOST_ANSWER:
            line.settimeout(_left(end))
            if not (more := line.recv(MOST_ANSWER)):
                break
            said += more
    except TimeoutError as error:
        raise Silent("It did not answer in time.") from error
    except OSError as error:
        if not said:
            raise Failed("It hung up without an answer.") from error
    if not said:
        raise Failed("It hung up without an answer.")
    return said.partition(b"\0")[0].decode(errors="replace")


def _meaning(answer: str) -> str:
    """`stream: OK`, `stream: NAME FOUND`, or `... ERROR`."""
    text = clean_line(answer, MOST_ANSWER)
    if text == "stream: OK":
        return ""
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        return clean_line(text[len("stream: ") : -len(" FOUND")], LONGEST_NAME) or "?"
    if "size limit exceeded" in text:
        raise TooLarge
    raise Failed(clean_line(text, LONGEST_NAME) or "It answered with nothing.")


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise Silent("It did not answer in time.")
    return left
