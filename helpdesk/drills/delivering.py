"""The mail server beyond refuses, breaks off, hangs and forgets to say yes (F11)."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from helpdesk.drills.accounting import wait_until_done
from helpdesk.drills.load import Load
from helpdesk.drills.stage import Stage, wait_for_number
from mail.models import Incoming, Outgoing
from tickets.models import Event

MOODS = ("fine", "busy", "refuses", "leaves", "hangs", "loses")
SENT, FAILED = Outgoing.State.SENT, Outgoing.State.FAILED
SHOULD = dict.fromkeys(MOODS, SENT) | {"refuses": FAILED}
# Longer than anybody of ours listens to a silent server (mail/connections.py).
SILENCE = 40
# A pause is measured when it is seen, a little after it began; it may have begun after the clock was read.
INEXACT, BEGUN_SINCE = timedelta(seconds=20), timedelta(seconds=5)
_numbers = count()


@dataclass(frozen=True)
class Size:
    """So many customers of each mood."""

    customers: int


class _Moods:
    """What the server does is told by the domain of a recipient; all but a refusal happens once to each."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def refuses(self, recipient: str) -> str:
        mood = _mood(recipient)
        if mood == "refuses":
            return "550 5.1.1 There is nobody of that name"
        self.seen[recipient] += 1
        if mood == "busy" and self.seen[recipient] <= 2:
            return "451 4.7.1 Please come back later"
        return "421 4.3.2 Closing down" if mood == "leaves" and self.seen[recipient] == 1 else ""

    async def afterwards(self, server: Any, recipient: str) -> None:
        if self.seen[recipient] > 1 or _mood(recipient) not in ("hangs", "loses"):
            return
        if _mood(recipient) == "hangs":
            await asyncio.sleep(SILENCE)
        server.transport.close()


def f11_delivery(stage: Stage, size: Size) -> dict[str, Any]:
    """F11: every receipt ends in the right state, after the agreed pauses, and is repeated only where it must be."""
    load, moods, mark = Load(stage), _Moods(), next(_numbers)
    stage.sink.refuses, stage.sink.afterwards = moods.refuses, moods.afterwards
    first = Outgoing.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    # Each has a domain of its own, for one that says "later" so often would be given longer and longer pauses.
    wanted = {f"delivery@x{mark}x{n}.{mood}.example" for mood in MOODS for n in range(size.customers)}
    try:
        for address in sorted(wanted):
            load.mail(address.replace("@", "at"), sender=address)
        mails = Incoming.objects.filter(envelope_from__in=wanted, article__isnull=False)
        # Those that hang keep each of the workers for half a minute: all of them together take long.
        wait_for_number(mails.count, wanted=len(wanted), seconds=300, what="the tickets")
        off_schedule = _pass_the_time(first, seconds=1800)
        wait_until_done(seconds=300)
    finally:
        stage.sink.refuses, stage.sink.afterwards = lambda _recipient: "", None
    rows = list(Outgoing.objects.filter(pk__gt=first))
    wrong = [f"{row}: {row.state}" for row in rows if row.state != SHOULD[_mood(row.recipients[0]["address"])]]
    refused = [row.ticket_id for row in rows if row.state == FAILED]
    told = Event.objects.filter(ticket__in=refused, kind="mail.failed").count()
    given = {_mood(row.recipients[0]["address"]): Counter[int]() for row in rows}
    for row in rows:
        given[_mood(row.recipients[0]["address"])][stage.sink.taken[row.message_id]] += 1
    once = {mood: Counter({1: size.customers}) for mood in ("fine", "busy", "leaves")}
    fine = len(rows) == len(wanted) and told == len(refused) and not wrong and not off_schedule
    return {
        "name": "F11",
        "ok": fine and all(given[mood] == wanted_once for mood, wanted_once in once.items()),
        "messages": len(rows),
        "wrong": wrong[:5],
        "failures_told": told,
        "off_schedule": off_schedule[:5],
        # How often the server was given the messages of each mood: {times: messages}.
        "given": {mood: {str(times): number for times, number in counted.items()} for mood, counted in given.items()},
    }


def _pass_the_time(first: int, *, seconds: float) -> list[str]:
    """Until nothing waits: who backs off is looked at, whether his pause is the agreed one, and is due at once."""
    wrong: list[str] = []
    waiting = Outgoing.objects.filter(pk__gt=first, due_at__isnull=False)
    end = time.monotonic() + seconds
    while waiting.exists() and time.monotonic() < end:
        now = timezone.now()
        for row in waiting.filter(leased_until=None, attempts__gt=0, due_at__gt=now + timedelta(seconds=30)):
            pause, agreed = (row.due_at or now) - now, row.backoff[row.attempts - 1]
            if not agreed - INEXACT <= pause <= agreed + BEGUN_SINCE:
                wrong.append(f"{row}: try {row.attempts}, pause {pause}")
            Outgoing.objects.filter(pk=row.pk, leased_until=None).update(due_at=now)
        time.sleep(2)
    return wrong


def _mood(address: str) -> str:
    return address.removesuffix(".example").rpartition(".")[2]
