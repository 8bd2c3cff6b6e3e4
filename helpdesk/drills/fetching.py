"""The fetcher is killed while a mailbox on an IMAP server fills (docs/operations.md, "What it withstands")."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from helpdesk.drills import dovecot
from helpdesk.drills.accounting import account as accounted
from helpdesk.drills.accounting import is_whole, wait_until_done
from helpdesk.drills.load import Load, written
from helpdesk.drills.stage import Stage, asked, wait_for, wait_for_number
from mail.models import Account, Incoming
from mail.tasks import fetch

USER = "drill"
BATCH = 20
CAUGHT_UP_AFTER = 60.0


@dataclass(frozen=True)
class Size:
    """How many mails arrive, how often the fetcher is killed, and the seconds between two looks at the mailbox."""

    mails: int
    kills: int
    pause: float = 2.0


def f01_fetcher(stage: Stage, size: Size) -> dict[str, Any]:
    """F01: the process that fetches is killed with -9 at random moments; each mail makes one ticket, none is left."""
    load = Load(stage)
    with dovecot.running() as server:
        mailbox = new_mailbox(stage, server)
        with Clock([mailbox.pk], size.pause):
            arrival = threading.Thread(target=_deliver, args=(load, server, size.mails), daemon=True)
            arrival.start()
            kills = _kill_again_and_again(stage, mailbox, size)
            last_kill = time.monotonic()
            arrival.join()
            load.ended = time.monotonic()
            wait_for_number(lambda: _kept(mailbox), wanted=size.mails, seconds=600, what="the fetching of all mails")
            wait_for(lambda: _left(server) == 0, seconds=120, what="the end of the mailbox")
        wait_until_done(seconds=600 + size.mails * 0.2)
    caught_up = time.monotonic() - max(last_kill, load.ended)
    report = accounted(load, stage) | {"kills": kills, "caught_up_s": round(caught_up, 1), "rows": _kept(mailbox)}
    report["copies"] = Incoming.objects.filter(account=mailbox, reason_code=Incoming.Reason.COPY).count()
    fine = is_whole(report) and report["rows"] - report["copies"] == size.mails
    return {"name": "F01", "ok": fine, **report}


def new_mailbox(stage: Stage, server: dovecot.Server) -> Account:
    account = Account(name="Drill", host="127.0.0.1", port=server.port, security=Account.Security.NONE, username=USER)
    account.password = dovecot.PASSWORD
    account.after, account.queue = Account.After.DELETE, stage.queue
    account.save()
    return account


def _deliver(load: Load, server: dovecot.Server, mails: int) -> None:
    words = [f"fetched{number}" for number in range(mails)]
    for start in range(0, mails, BATCH):
        some = words[start : start + BATCH]
        server.deliver(USER, *(wire_form(written(word)) for word in some), sender="sender@crowd.example")
        load.mails.update(some)


def wire_form(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _kill_again_and_again(stage: Stage, mailbox: Account, size: Size) -> int:
    """Only while it is at work: something must have come since the kill before."""
    kills = 0
    for number in range(size.kills):
        share = max(_kept(mailbox) + 1, size.mails * (number + 1) // (size.kills + 1))
        wait_for_number(lambda: _kept(mailbox), wanted=share, seconds=300, what="the next mail")
        time.sleep(random.uniform(0, 0.2))  # noqa: S311
        kills += stage.kill("worker")
    return kills


def _kept(mailbox: Account) -> int:
    return asked(lambda: Incoming.objects.filter(account=mailbox).exclude(digest="").count()) or 0


def _left(server: dovecot.Server) -> int:
    with server.mailbox(USER) as somebody:
        return len(somebody.search())


class Clock(threading.Thread):
    """Has mailboxes looked at more often than once a minute, whatever became of the last visit; used as a context, so
    that a drill that has failed leaves none behind."""

    def __init__(self, accounts: Sequence[int], pause: float) -> None:
        super().__init__(daemon=True)
        self._accounts, self._pause = accounts, pause
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(self._pause):
            asked(lambda: Account.objects.filter(pk__in=self._accounts).update(next_visit_at=None))
            for account in self._accounts:
                fetch.delay(account)

    def __enter__(self) -> "Clock":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._over.set()
        self.join()
