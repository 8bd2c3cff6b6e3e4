"""A mailbox on a server that drops, lies, renumbers and falls silent, beside one on a good server (F10)."""

import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from helpdesk.drills import dovecot
from helpdesk.drills.accounting import account, is_whole, wait_until_done
from helpdesk.drills.bad_imap import DROP, Answer, Script, scripted
from helpdesk.drills.doors import new_mailbox, newest
from helpdesk.drills.fetching import Clock, wire_form
from helpdesk.drills.load import Load, written
from helpdesk.drills.stage import Stage, wait_for
from mail.models import Account, Incoming

HUGE = 200 * 1024 * 1024
NONSENSE = b"* 1 FETCH (UID 1 BODY[] {99999}\r\nabc\r\nTAG OK done\r\n"
# Mail of the good server is here within the time of a visit, whatever the bad one does.
GOOD_WITHIN = 60.0
_numbers = count()


@dataclass(frozen=True)
class Size:
    """Mails in each of the two mailboxes, and how many arrive there in a second."""

    mails: int
    per_second: float


class _Chaos:
    """Some of all commands go wrong, each in one of the ways in which servers do."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.done: Counter[str] = Counter()

    def __call__(self, command: str, _number: int) -> Answer:
        luck = random.random()  # noqa: S311
        if luck < 0.03:
            return self._note("dropped", DROP)
        if luck < 0.04 and command.startswith("UID FETCH"):
            return self._note("nonsense", NONSENSE)
        if luck < 0.041:
            return self._note("silent", b"")
        if luck < 0.044:
            self.script.uidvalidity += 1
            return self._note("renumbered", DROP)
        if luck < 0.1 and command.startswith("UID SEARCH"):
            self._lose()
        return None

    def _note(self, what: str, answer: Answer) -> Answer:
        self.done[what] += 1
        return answer

    def _lose(self) -> None:
        """A mail that somebody else removes between the search and the fetch."""
        uid = next((uid for uid, raw in self.script.messages.items() if b"Subject: vanishing" in raw), None)
        if uid is not None:
            self.script.messages.pop(uid, None)
            self.done["vanished"] += 1


def f10_servers(stage: Stage, size: Size) -> dict[str, Any]:
    """F10: nothing is lost, nothing doubled, no mailbox is stuck, and the other mailbox is as quick as ever."""
    load, first, mark = Load(stage), newest(), next(_numbers)
    arrived: dict[str, float] = {}
    with scripted() as script, dovecot.running() as server:
        good, bad = new_mailbox(stage, "imap", server), _bad_mailbox(stage, script)
        script.put(_huge(script))
        chaos = script.fault = _Chaos(script)
        with Clock([good.pk, bad.pk], pause=1):
            for number in range(size.mails):
                word = f"good{mark}x{number}"
                server.deliver("imap", wire_form(written(word)), sender="somebody@crowd.example")
                arrived[word] = time.time()
                script.put(wire_form(written(f"bad{mark}x{number}")))
                if number % 10 == 0:
                    script.put(wire_form(written(f"vanishing{mark}x{number}")))
                load.mails |= {word, f"bad{mark}x{number}"}
                time.sleep(1 / size.per_second)
            load.ended = time.monotonic()
            script.fault = lambda _command, _number: None
            wait_for(
                lambda: _age_rows(bad) or len(script.messages) <= 1, seconds=600, what="the end of the bad mailbox"
            )
    Account.objects.filter(pk__in=(good.pk, bad.pk)).update(is_active=False)
    wait_until_done(seconds=300 + size.mails)
    report = account(load, stage)
    large = Incoming.objects.filter(pk__gt=first, reason_code=Incoming.Reason.TOO_LARGE).count()
    longest = _longest_wait(first, arrived)
    stayed = [uid for uid, size_told in script.sizes.items() if uid in script.messages and size_told == HUGE]
    fine = is_whole(report) and large >= 1 and len(stayed) == 1 and longest < GOOD_WITHIN
    return {
        "name": "F10",
        "ok": fine,
        **report,
        "faults": dict(chaos.done),
        "too_large": large,
        "good_mailbox_waited_s": round(longest, 1),
    }


def _longest_wait(first: int, arrived: dict[str, float]) -> float:
    """How long mail of the good mailbox took until it was here."""
    rows = Incoming.objects.filter(pk__gt=first, subject__in=arrived)
    waits = (at.timestamp() - arrived[word] for word, at in rows.values_list("subject", "received_at"))
    return max(waits, default=0.0)


def _bad_mailbox(stage: Stage, script: Script) -> Account:
    box = Account(name="Drill bad", host="127.0.0.1", port=script.port, username="bad")
    box.security, box.password = Account.Security.NONE, "p"
    box.after, box.queue = Account.After.DELETE, stage.queue
    box.save()
    return box


def _huge(script: Script) -> bytes:
    """Said to have 200 MB; nobody may fetch it."""
    script.sizes[1] = HUGE
    return b"Subject: huge\r\n\r\nx"


def _age_rows(bad: Account) -> None:
    """What could not be fetched is tried again at once, as if its pause were over."""
    rows = Incoming.objects.filter(account=bad, digest="").exclude(reason_code=Incoming.Reason.TOO_LARGE)
    rows.update(received_at=timezone.now() - timedelta(days=2), attempts=1)
