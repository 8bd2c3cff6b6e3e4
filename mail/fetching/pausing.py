"""When an account is visited next: every minute while all is well, later and later while it is not. Pure."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from mail.models import Account

# A little less than the beat of the clock, which then always finds the account due.
ORDINARY = timedelta(seconds=50)
MINUTES: Sequence[int] = (1, 2, 5, 10, 15)
# Servers lock whom they refuse too often, and what a person must mend is not mended within a minute.
PATIENT_MINUTES: Sequence[int] = (5, 15, 30, 60)
PATIENT = frozenset(
    (
        Account.Trouble.PASSWORD,
        Account.Trouble.CERTIFICATE,
        Account.Trouble.FORBIDDEN,
        Account.Trouble.NO_FOLDER,
        Account.Trouble.NO_TLS,
    )
)
JITTER = 0.1
# When a message that could not be fetched is tried again, counted from the first time; then it is left alone.
AGAIN_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 480, 1440))
MAX_TRIES = len(AGAIN_AFTER) + 1


def next_visit(now: datetime, *, failures: int, trouble: str) -> datetime:
    """After so many failures in a row, the last for this trouble. Spread a little, so that not all come at once."""
    if not failures:
        return now + ORDINARY
    minutes = PATIENT_MINUTES if trouble in PATIENT else MINUTES
    pause = timedelta(minutes=minutes[min(failures, len(minutes)) - 1])
    return now + pause * random.uniform(1 - JITTER, 1)  # noqa: S311  nobody gains from guessing it


def is_tried_again(now: datetime, *, first: datetime, tries: int) -> bool:
    """Whether a message that could not be fetched `tries` times, the first time at `first`, has its next try now."""
    if tries >= MAX_TRIES:
        return False
    return tries == 0 or now >= first + AGAIN_AFTER[tries - 1]
