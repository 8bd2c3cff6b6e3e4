"""Log files of everything we start: opened, rotated by size, and read back when something ended badly."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

ROTATE_ABOVE = 5 * 1024 * 1024
KEPT = 3


def open_log(path: Path) -> BinaryIO:
    """The log, ready for more lines; one that grew large is set aside first (`web.log.1` is the newest)."""
    if path.exists() and path.stat().st_size > ROTATE_ABOVE:
        _rotate(path)
    return path.open("ab")


def set_large_ones_aside(folder: Path) -> None:
    """The same for logs that are being written to: the writers go on at the beginning of the same file."""
    for path in folder.glob("*.log"):
        if size(path) > ROTATE_ABOVE:
            _make_way(path)
            # On a full disk the lines go: there it is better to have the room.
            with suppress(OSError):
                shutil.copyfile(path, path.with_name(f"{path.name}.1"))
            os.truncate(path, 0)


def size(path: Path) -> int:
    """How long the log is now: the place from which `added` reads later."""
    return path.stat().st_size if path.exists() else 0


def added(path: Path, *, since: int) -> str:
    """What was written to the log after that place."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        # A shorter file is a new one: the old one was set aside meanwhile.
        log.seek(since if since <= size(path) else 0)
        return log.read(1_000_000).decode(errors="replace")


def tail(path: Path, *, since: int = 0, lines: int = 12) -> str:
    """The last lines of what was written after that place, indented to stand below a message."""
    text = added(path, since=max(since, size(path) - 20_000))
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])


def _rotate(path: Path) -> None:
    _make_way(path)
    path.replace(path.with_name(f"{path.name}.1"))


def _make_way(path: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
