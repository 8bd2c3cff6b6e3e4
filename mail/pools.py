"""The servers of a pool: the first that lets us in takes a message, and silent ones keep no more than one waiting."""

import random
import smtplib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Self

from django.utils import timezone

from core.database import in_hand
from mail.connections import Lent, lend, note_success, note_trouble
from mail.models import ServerState
from mail.ways import Way

# in_hand: (this number, the servers of a pool none of which answered a moment ago)
TRYING = 0x74727969
# How long a message waits for the one that tries them: a little different each time, so that not all come at once.
WAIT = (10.0, 30.0)


class TryLater(Exception):
    """The server cannot take it now (4xx, or no connection); the row backs off. `is_silence`: it says nothing at all,
    and keeps a worker for as long as we listen."""

    def __init__(self, said: str, *, is_silence: bool = False) -> None:
        super().__init__(said)
        self.is_silence = is_silence

    @classmethod
    def of(cls, error: Exception) -> Self:
        # smtplib says that the connection was closed, and only beside it that nothing came for too long
        silent = any(isinstance(one, TimeoutError) for one in (error, error.__context__))
        return cls(str(error) or type(error).__name__, is_silence=silent)


class BeingTried(TryLater):
    """None of the servers answered a moment ago, and another message finds out whether one does by now."""


def being_tried_until() -> datetime:
    """When to look again after `BeingTried`."""
    return timezone.now() + timedelta(seconds=random.uniform(*WAIT))  # noqa: S311


@contextmanager
def any_of(ways: Sequence[Way]) -> Iterator[smtplib.SMTP]:
    """A connection to the first server of a pool that lets us in. Once one has, no other is tried for this message: it
    may have taken it.

    While none of them answers, one message at a time tries, so that no more than one worker waits for them; raises
    `BeingTried` for the others.
    """
    tired = _tired(ways)
    with in_hand(TRYING, _number_of(ways)) if len(tired) == len(ways) else nullcontext(enter_result=True) as may_try:
        if not may_try:
            raise BeingTried("The mail server did not answer a moment ago; another message is trying it.")
        with _lent_by(sorted(ways, key=lambda way: way.key in tired)) as server:
            yield server


@contextmanager
def _lent_by(ways: Sequence[Way]) -> Iterator[smtplib.SMTP]:
    way, lent = _first_open(ways)
    try:
        with lent as server:
            yield server
    except smtplib.SMTPRecipientsRefused:
        note_success(way)  # it has answered; what it says about people is no trouble of its own
        raise
    except (OSError, smtplib.SMTPException) as error:
        note_trouble(way, error)
        raise
    note_success(way)


def _first_open(ways: Sequence[Way]) -> tuple[Way, Lent]:
    """Raises what went wrong with the last of them."""
    for number, way in enumerate(ways, start=1):
        try:
            return way, lend(way)
        except (OSError, smtplib.SMTPException) as error:
            note_trouble(way, error)
            if number == len(ways):
                raise
    raise ValueError("a pool has at least one server")


def _tired(ways: Sequence[Way]) -> set[str]:
    """The keys of those that did not answer a moment ago."""
    tired = ServerState.objects.filter(key__in=[way.key for way in ways], rests_until__gt=timezone.now())
    return set(tired.values_list("key", flat=True))


def _number_of(ways: Sequence[Way]) -> int:
    return zlib.crc32("|".join(sorted(way.key for way in ways)).encode())
