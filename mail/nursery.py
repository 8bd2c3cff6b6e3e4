"""A small process that has the limited children, for a worker that reads one mail after the other.

To fork a worker costs ten times as much as to read a mail, because of all that it has in memory. The nursery has
nothing but the parser: it forks quickly, and its children hold no key, no password and no mail of anybody else. It
does for each message what mail/sandbox.py does, and lives as long as the worker that started it.
"""

import atexit
import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from mail.parse import parse
from mail.parsing.frame import pack, unpack
from mail.parsing.model import Message, TooComplex
from mail.sandbox import ChildCrashed, ChildFailed, LimitExceeded, parse_limited, parse_packed_limited

# More than a child may take (mail/sandbox.py): after this the nursery itself is in trouble.
PATIENCE = 45.0
_ROOT = Path(__file__).resolve().parent.parent

# A mail as many are: two forms of the text, words outside of ASCII, a file.
ORDINARY = b"""From: =?utf-8?q?Dana_M=C3=BCller?= <dana@acme.example>
To: support@demo.example
Subject: =?iso-8859-1?q?Gr=F6=DFe?=
Date: Mon, 2 Mar 2026 09:00:00 +0100
Message-ID: <1@acme.example>
In-Reply-To: <0@acme.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="a"

--a
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Die Gr=C3=B6=C3=9Fe ist falsch.
--b
Content-Type: text/html; charset="windows-1252"
Content-Transfer-Encoding: quoted-printable

<p>Die Gr=F6=DFe ist <b>falsch</b>.</p>
--b--
--a
Content-Type: application/pdf; name="a.pdf"
Content-Disposition: attachment; filename="a.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQ=
--a--
"""

_DONE, _COMPLEX, _LIMIT, _CRASHED, _FAILED = b"D", b"X", b"L", b"C", b"F"


def parse_apart(raw: bytes) -> Message:
    """Like `parse_limited`, whose errors it raises. A process that reads a single mail has no use for a nursery."""
    with _nursery.lock:
        if not _nursery.is_worth_it():
            return parse_limited(raw)
        try:
            kind, payload = _nursery.ask(raw)
        except TimeoutError:
            raise LimitExceeded("wall") from None
        except OSError:
            return parse_limited(raw)
    return _understood(kind, payload)


def _understood(kind: bytes, payload: bytes) -> Message:
    if kind == _DONE:
        return unpack(payload)
    words = payload.decode("utf-8", "replace")
    if kind == _COMPLEX:
        raise TooComplex(words)
    if kind == _LIMIT:
        raise LimitExceeded(words)
    if kind == _CRASHED:
        raise ChildCrashed(words)
    name, _line_end, message = words.partition("\n")
    raise ChildFailed(name, message)


class _Nursery:
    """The worker's side: starts the process, asks it, and starts another one when it is gone."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._asked_by = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def is_worth_it(self) -> bool:
        """From the second mail of a process on. What a parent had started is the parent's."""
        known = self._asked_by == os.getpid()
        if not known:
            self._asked_by, self._process, self._channel = os.getpid(), None, None
        return known

    def ask(self, raw: bytes) -> tuple[bytes, bytes]:
        """The kind of the answer and its payload. Raises OSError, TimeoutError among them, when there is none."""
        if self._channel is None:
            self._start()
        assert self._channel is not None  # noqa: S101 - for the type checker
        try:
            _send(self._channel, b"", raw)
            kind, payload = _receive(self._channel, 1)
        except OSError:
            self._stop()
            raise
        return kind, payload

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this very module
                [sys.executable, "-P", "-m", "mail.nursery", str(theirs.fileno())],
                cwd=_ROOT,
                env={"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        ours.settimeout(PATIENCE)
        self._channel = ours

    def close(self) -> None:
        """At the end of the process that has it."""
        if self.is_worth_it():
            self._stop()

    def _stop(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._channel = None


_nursery = _Nursery()
atexit.register(_nursery.close)


# The nursery.


def serve(channel: socket.socket) -> None:
    """Answer until the worker is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the worker, whose end is ours
    # What is loaded on first use (codecs, expressions) is here for all children then.
    pack(parse(ORDINARY))
    gc.freeze()
    with contextlib.suppress(OSError):
        while True:
            _empty, raw = _receive(channel, 0)
            _send(channel, *_answer(raw))


def _answer(raw: bytes) -> tuple[bytes, bytes]:
    try:
        return _DONE, parse_packed_limited(raw)
    except TooComplex as error:
        return _COMPLEX, str(error).encode()
    except LimitExceeded as error:
        return _LIMIT, error.reason.encode()
    except ChildCrashed as error:
        return _CRASHED, str(error).encode()
    except ChildFailed as error:
        return _FAILED, f"{error.kind}\n{error.message}".encode("utf-8", "replace")


# Between the two: the length of the payload (8 bytes), a kind, the payload.


def _send(channel: socket.socket, kind: bytes, payload: bytes) -> None:
    channel.sendall(len(payload).to_bytes(8, "big") + kind)
    channel.sendall(payload)


def _receive(channel: socket.socket, kind_length: int) -> tuple[bytes, bytes]:
    head = _exactly(channel, 8 + kind_length)
    return head[8:], _exactly(channel, int.from_bytes(head[:8], "big"))


def _exactly(channel: socket.socket, number: int) -> bytes:
    received = bytearray()
    while len(received) < number:
        piece = channel.recv(min(number - len(received), 1024 * 1024))
        if not piece:
            raise ConnectionError("the other side is gone")
        received += piece
    return bytes(received)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
