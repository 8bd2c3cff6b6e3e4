"""Processes die at chosen points of a mail's way (F02); mails kill whoever reads them, and come among others (F13)."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any

from django.db.models import Max
from django.utils import timezone

from helpdesk.drills import dovecot
from helpdesk.drills.accounting import account, is_whole, wait_until_done
from helpdesk.drills.doors import end_leases, new_mailbox, newest
from helpdesk.drills.fetching import Clock, wire_form
from helpdesk.drills.load import Load, written
from helpdesk.drills.points import HARMS, PLACES, arm, flag
from helpdesk.drills.stage import Stage, asked, wait_for
from mail.models import Account, Incoming, Keeping, Unneeded
from mail.tasks import watch_mail

# A crash at these may send a message a second time; nobody can know whether the server has it.
UNKNOWN = ("C10", "C11")
_numbers = count()


@dataclass(frozen=True)
class Points:
    """How often at each point; `patient` as everywhere."""

    times: int
    patient: bool = True


@dataclass(frozen=True)
class Poison:
    mails: int
    poison: int
    per_second: float
    kinds: tuple[str, ...] = ("crash", "memory", "hang")


def f02_points(stage: Stage, size: Points) -> dict[str, Any]:
    """F02: ended at each of C1 to C12; every mail is on a ticket once, only C10 and C11 may send one again."""
    load, first = Load(stage), newest()
    reached: dict[str, int] = {}
    with dovecot.running(capability="IMAP4rev1 UIDPLUS IDLE") as server, _mails(load, server):
        box = new_mailbox(stage, "imap", server)
        Account.objects.filter(pk=box.pk).update(after=Account.After.MOVE, move_to="Done")
        with Clock([box.pk], pause=1):
            for point in PLACES:
                for _time in range(size.times):
                    arm(stage.folder, point)
                    if point == "C12":
                        _let_go(load)
                    wait_for(
                        lambda at=point: not flag(stage.folder, at).exists(), seconds=240, what=f"the end at {point}"
                    )
                    reached[point] = reached.get(point, 0) + 1
            load.over.set()
            wait_for(lambda: _left(server) == 0, seconds=240, what="the end of the mailbox")
    Account.objects.filter(pk=box.pk).update(is_active=False)
    if not size.patient:
        end_leases()
    wait_for(lambda: not _waits_for_removal(), seconds=240, what="the removal of what nobody needs")
    wait_until_done(seconds=400)
    report = account(load, stage) | {"points": reached}
    on_tickets = Incoming.objects.filter(pk__gt=first, article__isnull=False).count()
    may = size.times * len(UNKNOWN)
    fine = is_whole(report) and on_tickets == len(load.mails) and report["resent"] <= may
    return {"name": "F02", "ok": fine, **report, "on_tickets": on_tickets, "may_be_resent": may}


def f13_poison(stage: Stage, size: Poison) -> dict[str, Any]:
    """F13: mails that hang, crash or fill the memory of their reader go to quarantine; the others are hardly late."""
    load, first = Load(stage), newest()
    mark = next(_numbers)
    poison = set(random.sample(range(size.mails), size.poison))
    for number in range(size.mails):
        started = time.monotonic()
        word = f"poison{mark}x{number}"
        message = written(word)
        if number in poison:
            kind = size.kinds[number % len(size.kinds)]
            assert kind.encode() in HARMS  # noqa: S101
            message = _poisoned(message, kind)
        load.hand_in(word, message)
        time.sleep(max(0.0, 1 / size.per_second - (time.monotonic() - started)))
    load.mails -= {f"poison{mark}x{number}" for number in poison}
    rows = Incoming.objects.filter(pk__gt=first)
    wait_until_done(seconds=900)
    quarantined = rows.filter(state=Incoming.State.QUARANTINED, reason_code=Incoming.Reason.UNREADABLE)
    late = rows.filter(article__isnull=False).values_list("received_at", "article__created_at")
    waits = sorted((ticketed - received).total_seconds() for received, ticketed in late)
    slow = quarantined.values_list("received_at", "state_since")
    seen = max(((since - received).total_seconds() for received, since in slow), default=0.0)
    report = account(load, stage)
    fine = is_whole(report) and quarantined.count() == size.poison and waits[-1] < 60 and seen < 600
    return {
        "name": "F13",
        "ok": fine,
        **report,
        "poison": size.poison,
        "quarantined": quarantined.count(),
        "in_quarantine_after_s": round(seen, 1),
        "others_waited_s": {"median": round(waits[len(waits) // 2], 1), "longest": round(waits[-1], 1)},
    }


def _poisoned(message: EmailMessage, kind: str) -> EmailMessage:
    """The mark stands first, where it is looked for."""
    poisoned = EmailMessage()
    poisoned["X-Poison"] = kind
    for name, value in message.items():
        poisoned[name] = value
    poisoned.set_payload(message.get_payload())
    return poisoned


@contextmanager
def _mails(load: Load, server: dovecot.Server) -> Iterator[None]:
    """Two or three mails in a second, by SMTP and into a mailbox, until it is over."""
    mark = next(_numbers)

    def by_smtp() -> None:
        for number in count():
            if load.over.wait(0.4):
                return
            word = f"point{mark}x{number}"
            load.hand_in(word, written(word))

    def by_imap() -> None:
        for number in count():
            if load.over.wait(2):
                return
            word = f"point{mark}y{number}"
            server.deliver("imap", wire_form(written(word)), sender="somebody@crowd.example")
            load.mails.add(word)

    threads = [threading.Thread(target=one, daemon=True) for one in (by_smtp, by_imap)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        load.over.set()
        for thread in threads:
            thread.join()


def _let_go(load: Load) -> None:
    """An ignored copy of long ago, whose bytes nobody needs."""
    word = f"copy{next(_numbers)}"
    message = written(word)
    load.hand_in(word, message)
    again = written(word)
    again["Received"] = "from a.example by b.example; Mon, 2 Mar 2026 09:00:00 +0000"
    load.hand_in(word, again)
    # Earlier points leave copies, too, but their bytes are those of a message that is needed.
    copies = Incoming.objects.filter(reason_code=Incoming.Reason.COPY, subject=word)
    wait_for(copies.exists, seconds=240, what="the copy")
    long_ago = timezone.now() - timedelta(days=3)
    copies.update(received_at=long_ago, state_since=long_ago)
    if not Keeping.objects.update(ignored_days=1):
        Keeping.objects.create(ignored_days=1)
    watch_mail.delay()
    bytes_of_it = Unneeded.objects.filter(digest__in=copies.values("digest"))
    wait_for(bytes_of_it.exists, seconds=240, what="that nobody needs it")
    Unneeded.objects.update(since=long_ago)
    watch_mail.delay()


def _waits_for_removal() -> bool:
    watch_mail.delay()
    return bool(asked(lambda: Unneeded.objects.aggregate(last=Max("pk"))["last"]))


def _left(server: dovecot.Server) -> int:
    with server.mailbox("imap") as somebody:
        return len(somebody.search())
