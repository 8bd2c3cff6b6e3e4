"""Where processes of a drill's installation die when told to, and which mails are poison to them.

It is an app of `helpdesk/drills/settings.py` and of no other settings, so nothing of this is in the product. Whoever
comes to a point first after the drill has armed it is gone, as by `kill -9`; the others go on.
"""

import ctypes
import importlib
import os
import pkgutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from mail.parse import Message
from mail.sandbox import run_limited

# C1 to C12 of a mail's way: the function before which a process ends.
PLACES = {
    "C1": "mail.intake:store",
    "C2": "core.blobs:_sync_folder",
    "C2b": "mail.intake:identity",
    "C3": "mail.intake:wake",
    "C4": "mail.fetching.imap:Folder._delete",
    "C5": "mail.intake:load",
    "C6": "mail.intake:parse_apart",
    "C7": "mail.models:Incoming.save_work",
    "C8": "core.work:nudge",
    "C9": "mail.sending:_turn",
    "C10": "smtplib:SMTP.data",
    "C11": "mail.sending:locked_recipients",
    "C12": "mail.keeping:remove",
}
POISON = b"X-Poison: "


class Points(AppConfig):
    name = "helpdesk.drills"
    label = "drills"

    def ready(self) -> None:
        if folder := os.environ.get("HELPDESK_DRILL"):
            for point, path in PLACES.items():
                _put(path, point, Path(folder))
            _poison()


def flag(folder: Path, point: str) -> Path:
    """As long as this file is there, nobody has come to the point."""
    return folder / f"die-{point}"


def arm(folder: Path, point: str) -> None:
    flag(folder, point).touch()


def _put(path: str, point: str, folder: Path) -> None:
    module, _colon, names = path.partition(":")
    above, _dot, name = names.rpartition(".")
    owner = pkgutil.resolve_name(f"{module}:{above}") if above else importlib.import_module(module)
    ordinary, file = getattr(owner, name), flag(folder, point)

    def before(*arguments: Any, **options: Any) -> Any:
        if file.exists() and _is_first(file):
            if point == "C10":
                _send_without_hearing(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)
        return ordinary(*arguments, **options)

    setattr(owner, name, before)


def _is_first(file: Path) -> bool:
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    return True


def _send_without_hearing(server: Any, message: bytes | str) -> None:
    """All of DATA, and then the server has time to say 250 to nobody."""
    server.putcmd("data")
    server.getreply()
    raw = message if isinstance(message, bytes) else message.encode()
    server.send(raw.replace(b"\r\n.", b"\r\n..").rstrip(b"\r\n") + b"\r\n.\r\n")
    time.sleep(0.3)


def _poison() -> None:
    """A mail that names a poison gets what it does to the child that reads it; the limits are those of every mail."""
    intake: Any = importlib.import_module("mail.intake")
    ordinary: Callable[[bytes], Message] = intake.parse_apart

    def parse(raw: bytes) -> Message:
        harm = HARMS.get(raw[:200].partition(POISON)[2].partition(b"\r")[0])
        if harm is not None:
            run_limited(harm, raw)
        return ordinary(raw)

    intake.parse_apart = parse


def _crash(raw: bytes) -> bytes:
    ctypes.string_at(0)
    return raw


def _hang(raw: bytes) -> bytes:
    time.sleep(3600)
    return raw


def _eat(raw: bytes) -> bytes:
    return raw * (4 * 1024**3 // len(raw))


def _spin(_raw: bytes) -> bytes:
    while True:
        pass


HARMS: dict[bytes, Callable[[bytes], bytes]] = {b"crash": _crash, b"hang": _hang, b"memory": _eat, b"spin": _spin}
