"""A virus scanner for tests: it speaks INSTREAM as clamd does, and can be slow, silent, confused or small."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from core.clamd import Place

# The file by which scanners are tried (eicar.org); in two parts, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test-Signature"


@dataclass
class Scanner:
    """`answer`: what it says to everything, instead of looking; `most`: its `StreamMaxLength`; `mood`: "silent" takes
    all and says nothing, "rude" hangs up at once."""

    place: Place
    answer: bytes | None = None
    most: int = 1_000_000
    mood: str = ""
    found: str = NAME
    asked: list[bytes] = field(default_factory=list)

    def serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            line.settimeout(20)
            command = _until_zero(line)
            if self.mood == "rude":
                return
            if command == b"zVERSION":
                line.sendall(b"ClamAV 1.4.3/27500/Sun Nov 15 09:00:00 2026\0")
                return
            assert command == b"zINSTREAM"
            if (content := self._read(line)) is None:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
            self.asked.append(content)
            if self.mood == "silent":
                line.recv(1)  # until the other one gives up
                return
            said = b"stream: %s FOUND" % self.found.encode() if EICAR in content else b"stream: OK"
            line.sendall((said if self.answer is None else self.answer) + b"\0")

    def _read(self, line: socket.socket) -> bytes | None:
        content = b""
        while length := struct.unpack("!L", _exactly(line, 4))[0]:
            if len(content) + length > self.most:
                return None
            content += _exactly(line, length)
        return content


@contextmanager
def running() -> Iterator[Scanner]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        scanner = Scanner(Place(host="127.0.0.1", port=door.getsockname()[1]))

        def wait_for_callers() -> None:
            while True:
                try:
                    line = door.accept()[0]
                except OSError:
                    return
                threading.Thread(target=scanner.serve, args=[line], daemon=True).start()

        threading.Thread(target=wait_for_callers, daemon=True).start()
        yield scanner
        door.shutdown(socket.SHUT_RDWR)


def nobody() -> Place:
    """Where no scanner listens."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return Place(host="127.0.0.1", port=door.getsockname()[1])


def _until_zero(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0"):
        said += _exactly(line, 1)
    return said[:-1]


def _exactly(line: socket.socket, number: int) -> bytes:
    content = b""
    while len(content) < number:
        if not (more := line.recv(number - len(content))):
            raise ConnectionError
        content += more
    return content
