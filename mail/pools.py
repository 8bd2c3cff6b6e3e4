"""The servers of a pool: the first that takes a message from us gets it, and silent ones keep no more than one waiting.

What a server says about us, our account or our machine is its trouble and not an answer to the message: another one of
the pool is asked, and when none is left the message waits (mail/refusals.py).
"""

import random
import smtplib
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.utils import timezone

from core.database import in_hand
from mail.connections import lend, note_success, note_trouble
from mail.models import ServerState
from mail.plain_words import said_by_ours
from mail.refusals import about_us, about_us_as_sender
from mail.way_troubles import NotForUs, technical, text_of
from mail.ways import Way

# in_hand: (this number, the servers of a pool none of which answered a moment ago)
TRYING = 0x74727969
# How long a message waits for the one that tries them: a little different each time, so that not all come at once.
WAIT = (10.0, 30.0)

# The code and text that a server answered with, by recipient.
Answers = Mapping[str, tuple[int, str]]
# Hands a message over; returns the recipients that were refused, as smtplib does.
Transaction = Callable[[smtplib.SMTP], Mapping[str, tuple[int, bytes | str]]]


class TryLater(Exception):
    """The server cannot take it now (4xx, or no connection); the row backs off. `is_silence`: it says nothing at all,
    and keeps a worker for as long as we listen. `is_said_to_each`: recipients wait for what it answered to each."""

    def __init__(self, said: str, *, is_silence: bool = False, is_said_to_each: bool = False) -> None:
        super().__init__(said)
        self.is_silence = is_silence
        self.is_said_to_each = is_said_to_each

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Of trouble with our own server, and marked so, for nobody is to blame a recipient's."""
        # smtplib says that the connection was closed, and only beside it that nothing came for too long
        silent = any(isinstance(one, TimeoutError) for one in (error, error.__context__))
        return cls(said_by_ours(technical(error)), is_silence=silent)


@dataclass(frozen=True)
class Taken:
    """A message that a server has taken. `refused`: recipients it did not take it for. `good`: its answer for all
    others, by whose words whoever runs the server finds the message again."""

    refused: Answers
    good: tuple[int, str] = (250, "")


class _NotTaken(Exception):
    """This server has not taken the message for certain, so another one may be asked."""

    def __init__(self, why: Exception) -> None:
        super().__init__(str(why))
        self.why = why


class BeingTried(TryLater):
    """None of the servers answered a moment ago, and another message finds out whether one does by now."""


def being_tried_until() -> datetime:
    """When to look again after `BeingTried`."""
    return timezone.now() + timedelta(seconds=random.uniform(*WAIT))  # noqa: S311


def by_any(ways: Sequence[Way], act: Transaction) -> Taken:
    """Have the first server of a pool that lets us in and takes mail from us act. Once one may have taken the message,
    no other is tried for it.

    While none of them answers, one message at a time tries, so that no more than one worker waits for them; raises
    `BeingTried` for the others. Raises `NotForUs` when none takes mail from us, `smtplib.SMTPRecipientsRefused` or
    `smtplib.SMTPDataError` for what a server says about the message, and whatever else went wrong with the last one.
    """
    tired = _tired(ways)
    with in_hand(TRYING, _number_of(ways)) if len(tired) == len(ways) else nullcontext(enter_result=True) as may_try:
        if not may_try:
            raise BeingTried("The mail server did not answer a moment ago; another message is trying it.")
        why: Exception = ValueError("a pool has at least one server")
        for way in sorted(ways, key=lambda way: way.key in tired):
            try:
                return _by(way, act)
            except _NotTaken as error:
                why = error.why
        raise why


def _by(way: Way, act: Transaction) -> Taken:
    """Raises `_NotTaken` when it is certain that the server has not taken the message."""
    try:
        lent = lend(way)
    except (OSError, smtplib.SMTPException) as error:
        note_trouble(way, error)
        raise _NotTaken(error) from error
    try:
        with lent as server:
            taken = Taken(readable(act(server)), (250, getattr(server, "last_words", "")))
    except (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        if (why := _about_us(error)) is None:
            _note(way, readable(getattr(error, "recipients", {})))
            raise
        note_trouble(way, why)
        raise _NotTaken(why) from error
    except (OSError, smtplib.SMTPException) as error:
        note_trouble(way, error)
        raise
    _note(way, taken.refused)
    return taken


def _note(way: Way, refused: Answers) -> None:
    """What it says about people and messages is no trouble of its own; what it does for some of them alone is."""
    not_for_us = next((said for said in refused.values() if about_us(*said)), None)
    if not_for_us is None:
        note_success(way)
    else:
        note_trouble(way, NotForUs(*not_for_us))


def _about_us(error: smtplib.SMTPException) -> NotForUs | None:
    """The same answer as said about us; None when it is about the message or a recipient."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            said = list(readable(error.recipients).values())
            return NotForUs(*said[0]) if said and all(about_us(*one) for one in said) else None
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError():
            code, text = error.smtp_code, text_of(error.smtp_error)
            is_at_sender = isinstance(error, smtplib.SMTPSenderRefused)
            return NotForUs(code, text) if (about_us_as_sender if is_at_sender else about_us)(code, text) else None
    return None


def _tired(ways: Sequence[Way]) -> set[str]:
    """The keys of those that did not answer a moment ago."""
    tired = ServerState.objects.filter(key__in=[way.key for way in ways], rests_until__gt=timezone.now())
    return set(tired.values_list("key", flat=True))


def _number_of(ways: Sequence[Way]) -> int:
    return zlib.crc32("|".join(sorted(way.key for way in ways)).encode())


def readable(answers: Mapping[str, tuple[int, bytes | str]]) -> dict[str, tuple[int, str]]:
    """Answers as smtplib gives them, as text."""
    return {recipient: (code, text_of(answer)) for recipient, (code, answer) in answers.items()}
