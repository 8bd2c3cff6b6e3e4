"""Log files of everything we start: opened, rotated by size, and read back when something ended badly."""

from pathlib import Path
from typing import BinaryIO

ROTATE_ABOVE = 5 * 1024 * 1024
KEPT = 3


def open_log(path: Path) -> BinaryIO:
    """The log, ready for more lines; one that grew large is set aside first (`web.log.1` is the newest)."""
    if path.exists() and path.stat().st_size > ROTATE_ABOVE:
        _rotate(path)
    return path.open("ab")


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
    for number in range(KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    path.replace(path.with_name(f"{path.name}.1"))
