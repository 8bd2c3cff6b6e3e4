"""Taking messages out of one folder or maildrop: fetch what is new, keep it, and only then settle it on the server.

A message that cannot be fetched gets a row in the ledger all the same: it is seen, tried again, and stops no other.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Generic

from django.conf import settings
from django.db import Error, IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.work import wake
from mail import intake
from mail.fetching.box import Box, Facts, Key, NotStored, TooLarge
from mail.fetching.pausing import MAX_TRIES, is_tried_again
from mail.fetching.troubles import OF_THE_SERVER, Trouble, technical, trouble_of
from mail.mailboxes import mailbox_key
from mail.models import Account, Incoming

log = logging.getLogger(__name__)

BATCH = 50
# So many messages in a row that cannot be fetched: the trouble is the server's, not theirs.
PATIENCE = 3


class TimeIsUp(Exception):
    """The rest is for the next visit."""


@dataclass
class Summary:
    """What came of one visit; `more` when time was up before everything was fetched."""

    account: str
    stored: int = 0
    unfetched: int = 0
    more: bool = False
    busy: bool = False
    error: str = ""
    trouble: str = ""
    waiting: int = field(default=0, repr=False)
    lag: timedelta | None = field(default=None, repr=False)
    can_idle: bool | None = field(default=None, repr=False)

    def as_dict(self) -> dict[str, object]:
        hidden = {"lag", "can_idle"}
        return {name: value for name, value in asdict(self).items() if name not in hidden}

    def fail(self, error: BaseException, trouble: str = "") -> None:
        self.error, self.trouble = technical(error), trouble or trouble_of(error)


class Visit(Generic[Key]):
    """One go at one folder or maildrop: what both have in common."""

    # How a row of the ledger stays whose name now means another message.
    nameless: ClassVar[dict[str, Any]]

    def __init__(self, box: Box[Key], summary: Summary, deadline: float | None) -> None:
        self.account = box.account
        self.box: Box[Key] = box
        self.summary = summary
        self.deadline = deadline
        self.stored: list[Key] = []
        self.in_trouble = 0

    def known(self) -> QuerySet[Incoming]:
        return Incoming.objects.filter(account=self.account, **self.box.scope())

    def unfetched(self) -> QuerySet[Incoming]:
        """Rows without their message that the next visits are to fetch."""
        return self.known().filter(digest="", raw_removed_at=None, attempts__lt=MAX_TRIES)

    def due_again(self) -> list[Incoming]:
        now = timezone.now()
        rows = self.unfetched().order_by("pk")[: BATCH * 10]
        return [row for row in rows if is_tried_again(now, first=row.received_at, tries=row.attempts)][:BATCH]

    def kept(self) -> QuerySet[Incoming]:
        """Stored long enough ago for what the account wants done on the server."""
        enough = timezone.now() - timedelta(days=self.account.keep_days)
        rows = self.known().exclude(Q(digest="") & Q(raw_removed_at=None))
        return rows.filter(received_at__lte=enough) if self.account.keep_days else rows

    def take_all(self, keys: list[Key]) -> None:
        for number, key in enumerate(keys):
            try:
                self.look_at_the_clock()
                self.take(key)
            except TimeIsUp:
                self.summary.more = True
                self.summary.waiting += len(keys) - number
                break
            if len(self.stored) >= BATCH:
                self.settle_stored()
        self.settle_stored()

    def look_at_the_clock(self) -> None:
        if self.deadline and time.monotonic() > self.deadline:
            raise TimeIsUp

    def take(self, key: Key) -> None:
        limit = settings.MAIL_MAX_BYTES
        facts: Facts | None = None
        raw: bytes | None = None
        try:
            facts = self.box.facts(key)
            if facts is not None:
                if facts.size > limit:
                    raise TooLarge
                raw = self.box.download(key, facts, limit=limit, on_time=self.look_at_the_clock)
        except TooLarge:
            size = facts.size if facts else 0
            self.note_unfetched(key, Incoming.Reason.TOO_LARGE, size=size, tries=MAX_TRIES)
            return
        except OF_THE_SERVER as error:
            self.trouble(key, error)
            return
        if facts is not None and raw is not None and _is_cut(raw, facts.size):
            self.trouble(key, LookupError(f"The server has a message of {facts.size} bytes and hands out {len(raw)}."))
            return
        self.in_trouble = 0
        if facts is None or raw is None:
            # Removed by somebody else between the search and now; nothing is lost by us.
            self.gone(key)
        elif self.keep(key, raw):
            self.summary.stored += 1
            self.stored.append(key)
            if facts.arrived_at:
                self.summary.lag = timezone.now() - facts.arrived_at

    def gone(self, key: Key) -> None:
        for row in self.unfetched().filter(**self.box.name_of(key)):
            row.attempts = MAX_TRIES
            row.set_aside(Incoming.State.IGNORED, Incoming.Reason.GONE)
            row.save(update_fields=["attempts", *Incoming.ENTERED, "reason_code", "reason"])

    def trouble(self, key: Key, error: Exception) -> None:
        """After a broken answer the connection cannot be trusted; if a new one works, the message is to blame."""
        self.box.reopen()
        self.in_trouble += 1
        self.note_unfetched(key, Incoming.Reason.UNFETCHABLE, more=technical(error))
        if self.in_trouble >= PATIENCE:
            raise error

    def note_unfetched(
        self, key: Key, reason: Incoming.Reason, *, more: str = "", size: int = 0, tries: int = 0
    ) -> None:
        self.summary.unfetched += 1
        with our_database():
            defaults = {
                "source": self.box.source,
                "digest": "",
                "size": size,
                "due_at": None,
                "mailbox": self._mailbox(),
            }
            row, _created = Incoming.objects.get_or_create(
                account=self.account, **self.box.scope(), **self.box.name_of(key), defaults=defaults
            )
            row.attempts = tries or row.attempts + 1
            row.set_aside(Incoming.State.QUARANTINED, reason, more)
            row.save(update_fields=["attempts", *Incoming.ENTERED, "reason_code", "reason"])

    def keep(self, key: Key, raw: bytes) -> bool:
        """False when another fetcher was faster, which the lock prevents unless the database dropped it."""
        place: dict[str, Any] = {**self.box.scope(), **self.box.name_of(key)}
        envelope = intake.Envelope(self.box.source, account=self.account, **place)
        try:
            with transaction.atomic():
                self.known().filter(**self.box.name_of(key), digest="", raw_removed_at=None).delete()
                wake(intake.keep(raw, envelope))
        except IntegrityError:
            return False
        except (OSError, Error) as error:
            raise NotStored from error
        return True

    def settle_stored(self) -> None:
        """At once, unless it is to stay there for some days: then a later visit finds it left over."""
        done, self.stored = self.stored, []
        if not self.account.keep_days:
            self.settle(done)

    def settle_left_over(self, keys: list[Key]) -> None:
        """What an earlier visit has stored. Its name alone is no proof, for some servers give it to another message
        once it is free; what goes away there must be what we have."""
        if self.account.after not in (Account.After.DELETE, Account.After.MOVE):
            self.settle(keys)
            return
        for start in range(0, len(keys), BATCH):
            try:
                self.look_at_the_clock()
                same, others = self._told_apart(keys[start : start + BATCH])
            except TimeIsUp:
                return
            except OF_THE_SERVER as error:
                self.summary.fail(error, Trouble.SETTLING)
                self.box.reopen()
                return
            self.settle(same)
            for key in others:
                log.warning("%s gave the name %s to another message", self.account, key)
                self.known().filter(**self.box.name_of(key)).update(**self.nameless)
            self.take_all(others)

    def _told_apart(self, keys: list[Key]) -> tuple[list[Key], list[Key]]:
        """Those that are what we have, by their sizes, and where servers tell a wrong one by their bytes; and those
        that are not. What the server tells nothing of is left alone."""
        sizes, (name,) = self.box.sizes(keys), self.nameless
        rows = self.known().filter(**{f"{name}__in": keys}).values_list(name, "size", "digest")
        ours = {key: (size, digest) for key, size, digest in rows}
        same: list[Key] = []
        others: list[Key] = []
        for key in (key for key in keys if key in sizes and key in ours):
            size, digest = ours[key]
            is_ours = sizes[key] == size or self._has_bytes(key, sizes[key], digest)
            (same if is_ours else others).append(key)
        return same, others

    def _has_bytes(self, key: Key, size: int, digest: str) -> bool:
        limit = settings.MAIL_MAX_BYTES
        if size > limit:
            return False
        raw = self.box.download(key, Facts(size), limit=limit, on_time=self.look_at_the_clock)
        return raw is None or hashlib.sha256(raw).hexdigest() == digest

    def settle(self, keys: list[Key]) -> None:
        """What fails here is no loss: the messages are ours, and the next visit finds what is left."""
        for start in range(0, len(keys), BATCH):
            try:
                self.box.settle(keys[start : start + BATCH])
            except OF_THE_SERVER as error:
                self.summary.fail(error, Trouble.SETTLING)
                self.box.reopen()

    def _mailbox(self) -> str:
        return mailbox_key(self.account, ())


def _is_cut(raw: bytes, size: int) -> bool:
    """Servers guess sizes and are a little wrong; half of the message or nothing at all is another thing."""
    return len(raw) * 2 < size


@contextmanager
def our_database() -> Iterator[None]:
    try:
        yield
    except Error as error:
        raise NotStored from error
