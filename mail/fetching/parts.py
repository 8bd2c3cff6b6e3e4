"""Messages of which a part has been fetched: what is on our disk is not fetched again after a broken connection.

A file per message, named by what names the message; a message of this name never changes (RFC 3501, 2.3.1.1).
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from mail.fetching.box import NotStored

SUFFIX = ".part"
FORGOTTEN_AFTER = 7 * 24 * 3600


class Part:
    """The beginning of a message."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

    def append(self, piece: bytes) -> None:
        with _our_disk():
            self._file.write(piece)
            self._file.flush()
            os.fsync(self._file.fileno())
        self.size += len(piece)

    def whole(self) -> bytes:
        """All of it; the file is of no use any more."""
        with _our_disk():
            self._file.seek(0)
            content = self._file.read()
            self.forget()
        return content

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


@contextmanager
def part_of(*name: object) -> Iterator[Part]:
    """What is there of the message of this name. Raises `NotStored`, also when somebody else is at it."""
    digest = hashlib.sha256("\0".join(map(str, name)).encode()).hexdigest()
    path = Path(settings.MAIL_PARTS) / f"{digest}{SUFFIX}"
    with _our_disk():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b")
    with file:
        with _our_disk():
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part = Part(path, file)
        yield part


def clear_old() -> None:
    """Messages that nobody asked for again within a week."""
    long_ago = time.time() - FORGOTTEN_AFTER
    for path in Path(settings.MAIL_PARTS).glob(f"*{SUFFIX}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < long_ago:
                path.unlink()


@contextmanager
def _our_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotStored from error
