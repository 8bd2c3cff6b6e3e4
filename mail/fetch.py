"""Fetching from IMAP accounts: stored here first, only then flagged, moved or deleted there.

What is new follows from folder, UIDVALIDITY and UID, never from read marks, which any other program may flip. A
message that cannot be fetched gets a row in the ledger all the same: it is seen, tried again, and stops no other.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from imapclient import SocketTimeout
from imapclient.exceptions import IMAPClientError

from core.work import wake
from mail import intake
from mail.accounts import sign_in
from mail.models import Account, Incoming

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10
READ_SECONDS = 30
LOCK_SPACE = 0x6D61696C  # advisory locks of this module: (this number, account)
BATCH = 50
MAX_TRIES = 8
# So many messages in a row that cannot be fetched: the trouble is the server's, not theirs.
PATIENCE = 3
# What a server may do to us while we read from it.
TROUBLE = (IMAPClientError, OSError, EOFError, ValueError, LookupError, AssertionError)


class Gone(Exception):
    """The folder is no longer the one we began with."""


@dataclass
class Summary:
    """What came of one visit; `more` when time was up before everything was fetched."""

    account: str
    stored: int = 0
    unfetched: int = 0
    more: bool = False
    busy: bool = False
    error: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def fetch_account(account: Account, *, seconds: float | None = None) -> Summary:
    """Fetch what is new, for at most about so many seconds. Never raises: trouble is noted on the account."""
    summary = Summary(account.name)
    try:
        with _alone(account) as alone:
            if not alone:
                summary.busy = True
                return summary
            with _Folder(account) as folder:
                _Visit(account, folder, summary, seconds).run()
    except Exception as error:
        log.warning("fetching from %s failed", account.name, exc_info=True)
        summary.error = _words(error)
    _note(account, summary)
    return summary


@contextmanager
def _alone(account: Account) -> Iterator[bool]:
    """Two fetchers never work on one account; the lock goes with the database connection, so it is never left over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, account.pk])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, account.pk])


def _note(account: Account, summary: Summary) -> None:
    noted: dict[str, object] = {"last_error": summary.error[:1000]}
    if not summary.error:
        noted["last_success_at"] = timezone.now()
    try:
        Account.objects.filter(pk=account.pk).update(**noted)
    except Error:
        log.exception("the outcome of fetching from %s cannot be noted", account.name)


def _words(error: Exception) -> str:
    name = {"error": "IMAP error", "abort": "IMAP connection lost"}.get(type(error).__name__, type(error).__name__)
    text = " ".join(str(error).split())
    return f"{name}: {text}" if text else name


class _Visit:
    """One go at one folder."""

    def __init__(self, account: Account, folder: "_Folder", summary: Summary, seconds: float | None) -> None:
        self.account = account
        self.folder = folder
        self.summary = summary
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self.stored: list[int] = []
        self.in_trouble = 0

    def run(self) -> None:
        known = self._known()
        last = known.aggregate(last=Max("uid"))["last"] or 0
        self._settle(self._left_over(known, last))
        for uid in [*self._to_try_again(known), *self.folder.uids_above(last)]:
            if self.deadline and time.monotonic() > self.deadline:
                self.summary.more = True
                break
            self._take(uid)
            if len(self.stored) >= BATCH:
                self._settle_stored()
        self._settle_stored()

    def _known(self) -> QuerySet[Incoming]:
        place, uidvalidity = self.account.place, self.folder.uidvalidity
        return Incoming.objects.filter(account=self.account, place=place, uidvalidity=uidvalidity)

    def _left_over(self, known: QuerySet[Incoming], last: int) -> list[int]:
        """Stored earlier, and still where it should not stay: somebody ended us in between."""
        if self.account.after == Account.After.KEEP or not last:
            return []
        there = self.folder.uids_up_to(last)
        return _uids(known.filter(uid__in=there).exclude(digest=""))

    def _to_try_again(self, known: QuerySet[Incoming]) -> list[int]:
        return _uids(known.filter(digest="", attempts__lt=MAX_TRIES))[:BATCH]

    def _take(self, uid: int) -> None:
        try:
            size = self.folder.size(uid)
            if size is not None and size > settings.MAIL_MAX_BYTES:
                self._note_unfetched(uid, size, Incoming.Reason.TOO_LARGE, tries=MAX_TRIES)
                return
            raw = self.folder.download(uid) if size is not None else None
        except TROUBLE as error:
            self._trouble(uid, error)
            return
        self.in_trouble = 0
        if raw is None:
            # Removed by somebody else between the search and now; nothing is lost by us.
            gone = {"attempts": MAX_TRIES, "reason_code": Incoming.Reason.GONE, "reason": ""}
            self._known().filter(uid=uid, digest="").update(**gone)
        elif self._keep(uid, raw):
            self.summary.stored += 1
            self.stored.append(uid)

    def _trouble(self, uid: int, error: Exception) -> None:
        """After a broken answer the connection cannot be trusted; if a new one works, the message is to blame."""
        self.folder.reopen()
        self.in_trouble += 1
        self._note_unfetched(uid, 0, Incoming.Reason.UNFETCHABLE, _words(error))
        if self.in_trouble >= PATIENCE:
            raise error

    def _note_unfetched(self, uid: int, size: int, reason: Incoming.Reason, more: str = "", *, tries: int = 0) -> None:
        self.summary.unfetched += 1
        row, _created = Incoming.objects.get_or_create(
            account=self.account,
            place=self.account.place,
            uidvalidity=self.folder.uidvalidity,
            uid=uid,
            defaults={"source": Incoming.Source.IMAP, "digest": "", "size": size, "due_at": None},
        )
        row.attempts = tries or row.attempts + 1
        row.set_aside(Incoming.State.QUARANTINED, reason, more)
        row.save(update_fields=["attempts", "state", "reason_code", "reason"])

    def _keep(self, uid: int, raw: bytes) -> bool:
        """False when another fetcher was faster, which the lock prevents unless the database dropped it."""
        envelope = intake.Envelope(
            Incoming.Source.IMAP,
            account=self.account,
            place=self.account.place,
            uidvalidity=self.folder.uidvalidity,
            uid=uid,
        )
        try:
            with transaction.atomic():
                self._known().filter(uid=uid, digest="").delete()
                wake(intake.keep(raw, envelope))
        except IntegrityError:
            return False
        return True

    def _settle_stored(self) -> None:
        done, self.stored = self.stored, []
        self._settle(done)

    def _settle(self, uids: list[int]) -> None:
        """What fails here is no loss: the messages are ours, and the next visit finds what is left."""
        for start in range(0, len(uids), BATCH):
            try:
                self.folder.settle(uids[start : start + BATCH])
            except TROUBLE as error:
                self.summary.error = f"The fetched mail stays where it is: {_words(error)}"
                self.folder.reopen()


def _uids(rows: QuerySet[Incoming]) -> list[int]:
    return [uid for uid in rows.order_by("uid").values_list("uid", flat=True) if uid is not None]


class _Folder:
    """The folder of an account on its server, open for writing, always the same one by UIDVALIDITY."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.uidvalidity = 0

    def __enter__(self) -> "_Folder":
        self._open()
        return self

    def __exit__(self, error: type[BaseException] | None, *_more: object) -> None:
        with suppress(*TROUBLE):
            self.server.shutdown() if error else self.server.logout()

    def reopen(self) -> None:
        """A new connection to the same folder. Raises when the server is away or the folder became another one."""
        before = self.uidvalidity
        with suppress(*TROUBLE):
            self.server.shutdown()
        self._open()
        if self.uidvalidity != before:
            raise Gone("The server numbered the folder anew meanwhile.")

    def uids_above(self, last: int) -> list[int]:
        # "n:*" names the last message even when its UID is smaller.
        return sorted(uid for uid in self.server.search(["UID", f"{last + 1}:*"]) if uid > last)

    def uids_up_to(self, last: int) -> list[int]:
        return self.server.search(["UID", f"1:{last}"])

    def size(self, uid: int) -> int | None:
        """In bytes; None when the message is gone."""
        found = self.server.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        return None if found is None else int(found)

    def download(self, uid: int) -> bytes | None:
        return self.server.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")

    def settle(self, uids: list[int]) -> None:
        """Do with stored messages what the account wants."""
        if not uids:
            return
        match self.account.after:
            case Account.After.MOVE:
                self._move(uids)
            case Account.After.DELETE:
                self._delete(uids)
            case _:
                self.server.add_flags(uids, [rb"\Seen"], silent=True)

    def _move(self, uids: list[int]) -> None:
        target = self.account.move_to
        if not self.server.folder_exists(target):
            self.server.create_folder(target)
        if self.server.has_capability("MOVE"):
            self.server.move(uids, target)
            return
        flags = self.server.get_flags(uids)
        # What is marked as deleted was copied by a visit that ended before it could be removed.
        if copied_not_yet := [uid for uid in uids if rb"\Deleted" not in flags.get(uid, ())]:
            self.server.copy(copied_not_yet, target)
        self._delete(uids)

    def _delete(self, uids: list[int]) -> None:
        self.server.delete_messages(uids, silent=True)
        # A bare EXPUNGE would also remove what others have marked.
        if self.server.has_capability("UIDPLUS"):
            self.server.uid_expunge(uids)

    def _open(self) -> None:
        self.server = sign_in(self.account, timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS))
        try:
            self.uidvalidity = int(self.server.select_folder(self.account.folder)[b"UIDVALIDITY"])
        except BaseException:
            with suppress(*TROUBLE):
                self.server.shutdown()
            raise
