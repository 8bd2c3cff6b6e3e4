"""Files are checked for viruses: which the scanner is asked about, what follows from its answer, who may have them.

The scanner is asked about bytes, not files, so there is one `FileCheck` for each digest. It is left in the transaction
that keeps a file, and a worker settles it afterwards: nobody waits for the scanner, and nothing is lost while it is
away. `CheckedFile.give_out` is the rule for whoever hands out bytes. Without a scanner nothing here asks the database.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.people import system_actor
from core import clamd, turns, work
from core.blobs import open_blob
from core.counting import LIMIT
from core.database import in_hand
from core.later import after_commit
from core.work import LEASE, Setback, run_leased
from tickets.changes import locked
from tickets.events import Cause, handlers, record
from tickets.models import Article, Attachment, Event, FileCheck
from tickets.models.file_check import UNCHECKED, CheckedFile, Scan, Verdict, Withheld, holds_back, verdicts

log = logging.getLogger(__name__)

__all__ = ["Scan", "Verdict", "Withheld", "have_checked", "holds_back", "look_up", "verdicts"]

AnyFile = TypeVar("AnyFile", bound=CheckedFile)

INFECTED = "article.infected"
# When nobody answers, everything that waits is left alone for so long.
PAUSE = timedelta(seconds=30)
# One worker asks at a time: a scanner that says nothing keeps no other from its work. (This number, 0)
ASKING = 0x73636E
# Telling all tickets of one file ends by then, and goes on in the next turn.
TELLING_SECONDS = 15
# Longer than any transaction lasts that keeps a file.
QUIET = timedelta(minutes=2)
_STEP = 100

_ADD = """
INSERT INTO tickets_filecheck (digest, state, found, added_at, due_at, attempts, last_error)
SELECT digest, 'waiting', '', %(now)s, %(now)s, 0, '' FROM unnest(%(digests)s::text[]) AS digest ORDER BY digest
ON CONFLICT (digest) DO NOTHING RETURNING id
"""


def is_on() -> bool:
    """Whether this installation has a scanner."""
    return settings.SCANNER is not None


def have_checked(files: Sequence[CheckedFile]) -> None:
    """In the transaction that keeps these files: the scanner will be asked about bytes it has not seen yet.

    What is known to be infected will be told of on the ticket that has it now. One statement for files that are known
    to be clean, two for new ones.
    """
    digests = sorted({file.digest for file in files})
    if not is_on() or not digests:
        return
    known = dict(FileCheck.objects.filter(digest__in=digests).values_list("digest", "state"))
    asked = _added([digest for digest in digests if digest not in known])
    if infected := [digest for digest, state in known.items() if state == Scan.INFECTED]:
        asked += _told_again(infected)
    if asked:
        after_commit(lambda: work.nudge(FileCheck.task, asked[0]))


def look_up(files: Iterable[CheckedFile]) -> None:
    """Have each of them know its verdict, by one question for all that do not yet."""
    if not is_on():
        return
    files = [file for file in files if "verdict" not in file.__dict__]
    found = verdicts([file.digest for file in files])
    for file in files:
        file.verdict = found.get(file.digest, UNCHECKED)


def givable(files: Iterable[AnyFile]) -> list[AnyFile]:
    """Those that may go into a message: what is still being checked may, for the message waits until it has been."""
    files = list(files)
    look_up(files)
    return [file for file in files if not file.verdict.is_refused]


def take_turn(pk: int) -> None:
    """Ask about the file that was named, then about what else is due; nobody does while another worker is at it."""
    if not is_on():
        return
    with in_hand(ASKING, 0) as is_ours:
        if is_ours:
            turns.take_turn(FileCheck, pk, lambda pk: run_leased(FileCheck, pk, check, lease=LEASE))


def check(row: FileCheck) -> None:
    """Ask the scanner, unless it has answered already, and do what follows from the answer.

    Raises `Setback` when it gives none for these bytes. While nobody is there, all that waits is left alone for a
    while, which costs no try.
    """
    if row.state == Scan.WAITING:
        if pause := _paused_until():
            row.due_at, row.attempts = pause, row.attempts - 1
            return
        try:
            verdict = ask(row.digest)
        except FileNotFoundError:  # what named it is gone, and so are its bytes
            row.delete()
            return
        except clamd.Away as error:
            log.warning("the virus scanner is away: %s", error)
            _pause(error)
            row.due_at, row.attempts, row.last_error = timezone.now() + PAUSE, row.attempts - 1, str(error)
            return
        except clamd.Silent as error:
            _pause(error)
            raise Setback(str(error)) from error
        except clamd.Failed as error:
            raise Setback(str(error)) from error
        settle(row, verdict)
    if row.state == Scan.INFECTED and (again := tell(row)):
        row.due_at, row.attempts = timezone.now() + again, row.attempts - 1


def ask(digest: str) -> Verdict:
    """What the scanner thinks of these bytes now. Raises `FileNotFoundError` and what `clamd.found_in` raises."""
    place = settings.SCANNER
    if place is None:
        raise clamd.Away("There is no virus scanner.")
    with open_blob(digest) as file:
        try:
            found = clamd.found_in(file, place)
        except clamd.TooLarge:
            return Verdict(Scan.TOO_LARGE)
    return Verdict(Scan.INFECTED, found) if found else Verdict(Scan.CLEAN)


def settle(row: FileCheck, verdict: Verdict) -> None:
    """Keep what the scanner said, and do what follows from it for rows of other apps."""
    with transaction.atomic():
        FileCheck.objects.select_for_update().get(pk=row.pk)
        row.state, row.found, row.checked_at = verdict.scan, verdict.found, timezone.now()
        row.save(update_fields=["state", "found", "checked_at"])
        for handler in handlers("FILE_CHECKED"):
            handler(row.digest)
    if verdict.scan == Scan.INFECTED:
        log.warning("%s was found in the file %s", verdict.found, row.digest)


def tell(row: FileCheck) -> timedelta | None:
    """The history of each ticket that has this infected file says so, once for each message.

    Returns when to look again: soon if there are more, and once more in a while after some were told, for the file may
    just be on its way into another ticket. None: all have been told.
    """
    until, some = time.monotonic() + TELLING_SECONDS, None
    while files := list(_untold(row)[:_STEP]):
        for file in files:
            if time.monotonic() > until:
                return timedelta(seconds=1)
            _tell(row, file)
        some = QUIET
    return some


def give_out_message(article: Article | None) -> None:
    """Raises `Withheld` when one of the message's files is: the whole message, as it travelled, has it in it."""
    if article is None or not is_on():
        return
    files = list(article.attachments.all())
    look_up(files)
    for file in files:
        file.give_out()


def waits_for_scanner(article: Article) -> bool:
    """Whether one of its files may not be given out yet. Ask for `attachments` in the query where there are many."""
    return is_on() and any(file.verdict.is_awaited for file in article.attachments.all())


def waiting() -> tuple[int, datetime] | None:
    """How many files wait for the scanner's answer, counted to `LIMIT`, and since when the first; None: none does."""
    if not is_on():
        return None
    found = FileCheck.objects.filter(state=Scan.WAITING).order_by("added_at")
    times = list(found.values_list("added_at", flat=True)[:LIMIT])
    return (len(times), times[0]) if times else None


def _added(digests: list[str]) -> list[int]:
    """Rows for those that have none; somebody else may have been faster."""
    if not digests:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"digests": digests, "now": timezone.now()})
        return [pk for (pk,) in cursor.fetchall()]


def _told_again(digests: list[str]) -> list[int]:
    """Infected ones are due once more, for somebody has to tell of the file that is being kept. Not those that are due
    in a while anyhow: by then we have committed."""
    now = timezone.now()
    rows = FileCheck.objects.filter(digest__in=digests).exclude(due_at__gt=now + QUIET / 2)
    found = list(rows.order_by("digest").select_for_update().values_list("pk", flat=True))
    # no try: whoever is just telling the others does not finish it
    FileCheck.objects.filter(pk__in=found).update(due_at=now, leased_until=None, attempts=0)
    return found


def _paused_until() -> datetime | None:
    """When the scanner is asked again that has not answered lately: what came meanwhile need not find out anew."""
    paused = FileCheck.objects.filter(state=Scan.WAITING, attempts=0, due_at__gt=timezone.now()).exclude(last_error="")
    return paused.order_by("due_at").values_list("due_at", flat=True).first()


def _pause(error: Exception) -> None:
    FileCheck.objects.due().update(due_at=timezone.now() + PAUSE, last_error=str(error)[:2000])


def _untold(row: FileCheck) -> QuerySet[Attachment]:
    """One file of each message that has these bytes, where the history does not say so yet."""
    told = Event.objects.filter(article=OuterRef("article"), kind=INFECTED, data__digest__now=row.digest)
    files = Attachment.objects.filter(digest=row.digest).exclude(Exists(told)).order_by("article_id", "pk")
    return files.distinct("article_id").select_related("article__ticket")


def _tell(row: FileCheck, file: Attachment) -> None:
    data = {"file": file.name, "found": row.found, "digest": row.digest}
    with locked(file.article.ticket) as ticket:
        record(
            ticket,
            INFECTED,
            by=system_actor("system"),
            cause=Cause("scanner"),
            article=file.article,
            data={name: {"was": None, "now": value} for name, value in data.items()},
        )
