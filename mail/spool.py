"""The pipe: a message that a mail server hands to a command is kept in the database, or in a file until it is back.

Spool files lie in `settings.MAIL_SPOOL`, one line of JSON and then the message as it came; the sweep of incoming mail
brings them in (mail/tasks.py), at the latest ten seconds after the next start. They are made as in a Maildir: written
beside, flushed to the disk, then renamed. A crash between storing and removing the file stores the message twice, and
the ledger then knows the second as the same message.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from mail import intake
from mail.addressing import address_for
from mail.models import Account, Incoming

log = logging.getLogger(__name__)

SUFFIX, UNFINISHED = ".eml", ".tmp"
# Whoever wrote a file for so long has been killed, and the mail server has kept the message.
GIVEN_UP = timedelta(days=1)


class UnknownMailbox(Exception):
    """Neither an account nor an address of ours has this name."""


def envelope_for(mailbox: str) -> intake.Envelope:
    """The envelope of a message piped in for `mailbox`, the name of an account or an address of ours; empty: any."""
    if not mailbox:
        return intake.Envelope(Incoming.Source.PIPE)
    if address_for([mailbox]):
        return intake.Envelope(Incoming.Source.PIPE, recipients=(mailbox,))
    account = Account.objects.filter(name=mailbox).first()
    if account is None:
        raise UnknownMailbox(mailbox)
    return intake.Envelope(Incoming.Source.PIPE, account=account)


def put_aside(raw: bytes, mailbox: str) -> Path:
    """Write a spool file; when this returns, it survives a power cut. Raises `OSError` when that is impossible."""
    folder = _made(settings.MAIL_SPOOL)
    name = f"{timezone.now():%Y%m%dT%H%M%S.%f}-{os.getpid()}-{os.urandom(4).hex()}"
    target, aside = folder / f"{name}{SUFFIX}", folder / f"{name}{UNFINISHED}"
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(json.dumps({"mailbox": mailbox}).encode() + b"\n" + raw)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    _sync(folder)
    return target


def bring_in() -> int:
    """Take every spool file into the ledger; returns how many. One that cannot be taken stays and stops no other."""
    taken = 0
    for path in waiting():
        try:
            taken += _bring_in(path)
        except Exception:  # it stays, is tried again every ten seconds, and an alarm tells of it after five minutes
            log.exception("the spool file %s cannot be taken in", path)
    _clear_unfinished()
    return taken


def waiting() -> list[Path]:
    """The spool files, oldest first."""
    return sorted(settings.MAIL_SPOOL.glob(f"*{SUFFIX}"))


def _bring_in(path: Path) -> bool:
    with _claimed(path) as file:
        if file is None:
            return False
        mailbox = json.loads(file.readline())["mailbox"]
        intake.accept(file.read(), envelope_for(mailbox))
        path.unlink()
    return True


@contextmanager
def _claimed(path: Path) -> Iterator[BinaryIO | None]:
    """The open file when nobody else is at it and it is still there."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file if path.exists() else None
    except (FileNotFoundError, BlockingIOError):
        yield None


def _made(folder: Path) -> Path:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)
    return folder


def _clear_unfinished() -> None:
    long_ago = (timezone.now() - GIVEN_UP).timestamp()
    for path in settings.MAIL_SPOOL.glob(f"*{UNFINISHED}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < long_ago:
                path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
