"""Who uses the servers of one data folder: counted by locks, which the system drops when a process dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpdesk.embedded.console import Trouble


class Sharing:
    """One process among those that use the servers; the last one to leave stops them."""

    def __init__(self, folder: Path) -> None:
        self._door = folder / "door.lock"
        self._users = _open(folder / "users.lock")

    def enter(self) -> None:
        """Count as a user. Waits while the last user before us is stopping the servers."""
        fcntl.flock(self._users, fcntl.LOCK_SH)

    @contextmanager
    def alone_at_the_door(self) -> Iterator[None]:
        """Starting and stopping happens here, one process at a time."""
        door = _open(self._door)
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
        finally:
            os.close(door)

    def was_last(self) -> bool:
        """Stop counting as a user (at the door); answers whether nobody else uses the servers."""
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def leave(self) -> None:
        os.close(self._users)


@contextmanager
def only_supervisor(folder: Path) -> Iterator[None]:
    """Held by the one `bin/run` of a data folder; a second one is told so."""
    handle = _open(folder / "supervisor.lock")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        process = os.pread(handle, 20, 0).decode().strip()
        os.close(handle)
        raise Trouble(
            f"Helpdesk already runs on the data folder {folder.parent} (process {process}): "
            "stop it first, or choose another folder with --data."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    try:
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
