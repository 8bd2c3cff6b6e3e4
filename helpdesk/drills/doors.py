"""Mails come in by every door while receiver, fetcher and worker are killed; the ledger proves what became of them.

SMTP, LMTP, an IMAP and a POP3 mailbox on a Dovecot, the spool of the pipe. Some mails answer earlier ones, some bring
a file. Whoever hands a mail over repeats it until it is acknowledged, so a copy may come in; the ledger says so.
"""

import random
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from typing import Any

from django.db.models import Count
from django.utils import timezone

from helpdesk.drills import dovecot
from helpdesk.drills.accounting import account, is_whole, wait_until_done
from helpdesk.drills.fetching import Clock, wire_form
from helpdesk.drills.load import Load, written
from helpdesk.drills.stage import ADDRESS, Stage, asked, wait_for, wait_for_number
from mail import spool
from mail.models import Account, Incoming, Outgoing
from tickets.models import Article, Delivery

# So many of twenty mails come by each door.
SHARES = {"smtp": 7, "lmtp": 4, "imap": 4, "pop3": 3, "pipe": 2}
VICTIMS = ("mail_receiver", "fetcher", "worker")
# Nobody hands in more while so many wait: what is killed shall have something to do until the end.
AHEAD = 150
# What was at work in one killed worker, and may have been sent without our knowing it.
AT_ONCE = 2
ANSWERS, WITH_FILE = 5, 10
# So many by one connection, as mail servers hand over what has gathered.
AT_A_TIME = 10
Mail = tuple[str, EmailMessage]
_numbers = count()


@dataclass(frozen=True)
class Size:
    """`patient`: leases run out by themselves; otherwise they are taken to be over, so that nobody waits for them."""

    mails: int
    kills: int
    patient: bool = True


def mail_faults(stage: Stage, size: Size) -> dict[str, Any]:
    """2.1 of a mail's way: wherever somebody is killed, each mail is on a ticket once, with one receipt per sender."""
    load, first = Load(stage), newest()
    started = time.monotonic()
    with dovecot.running() as server, _Fetcher.running(stage) as fetcher:
        accounts = [new_mailbox(stage, protocol, server) for protocol in ("imap", "pop3")]
        post = _Post(load, server, size.mails, settled=lambda: _settled(first))
        with Clock([one.pk for one in accounts], pause=2):
            post.start()
            kills = _kill_at_random(stage, fetcher, size, settled=lambda: post.settled)
            last_kill = time.monotonic()
            post.join()
            load.ended = time.monotonic()
            wait_for_number(lambda: post.settled, wanted=size.mails, seconds=300, what="the last mail on a ticket")
            post.rest()
            caught_up = time.monotonic() - max(last_kill, load.ended)
            wait_for(lambda: not any(post.left().values()), seconds=240, what="the end of the mailboxes")
        if not size.patient:
            end_leases()
        wait_until_done(seconds=300)
        left = post.left()
    for one in accounts:  # nobody is there any more
        Account.objects.filter(pk=one.pk).update(is_active=False)
    report = account(load, stage) | ledger(first, post.senders)
    report |= {
        "handed_in": dict(post.handed_in),
        "kills": dict(kills),
        "left_on_server": left,
        "caught_up_s": round(caught_up, 1),
        "per_s": round(size.mails / (time.monotonic() - started), 1),
    }
    return {"name": "mail_faults", "ok": _is_proven(report, size), **report}


def ledger(first: int, senders: set[str]) -> dict[str, Any]:
    """What the rows say of all that came in since: every state, every reason, and the receipts by sender."""
    rows = Incoming.objects.filter(pk__gt=first)
    states = Counter[str]()
    for state, outcome, reason, number in (
        rows.order_by().values_list("state", "outcome", "reason_code").annotate(number=Count("*"))
    ):
        states[" ".join(word for word in (state, outcome, reason) if word)] += number
    articles = Article.objects.filter(incoming__pk__gt=first)
    receipts = Counter[str]()
    written_to = Outgoing.objects.filter(ticket__in=articles.values("ticket"), article__sender="system")
    for recipients in written_to.values_list("recipients", flat=True):
        receipts.update(one["address"] for one in recipients)
    by_source = rows.order_by().values_list("source").annotate(number=Count("*"))
    return {
        "ledger": dict(sorted(states.items())),
        "doors": dict(by_source),
        "on_tickets": articles.count(),
        "receipts": sum(receipts.values()),
        "receipts_lost": len(senders - set(receipts)),
        "receipts_doubled": sum(number - 1 for number in receipts.values()),
    }


def _is_proven(report: dict[str, Any], size: Size) -> bool:
    """Received = ticketed + copies, ticketed = handed in, nothing anywhere else; one receipt for each sender."""
    copies = report["ledger"].get("ignored copy", 0)
    adds_up = sum(report["ledger"].values()) - copies == report["on_tickets"] == report["mails"] == size.mails
    bad = ("receipts_lost", "receipts_doubled")
    killed = sum(report["kills"].values()) == size.kills
    few_again = report["resent"] <= AT_ONCE * report["kills"].get("worker", 0)
    return is_whole(report) and adds_up and killed and few_again and not any(report[name] for name in bad)


class _Post:
    """Those who hand mails in, a thread for each door, each at its share and no quicker than mails are dealt with.

    `settled` is how many are on tickets; one thread asks for all, because to count many takes its time.
    """

    def __init__(self, load: Load, server: dovecot.Server, mails: int, *, settled: Callable[[], int]) -> None:
        self.load, self.server = load, server
        self.handed_in = Counter[str]()
        self.senders: set[str] = set()
        self._count, self.settled = settled, 0
        self._over = threading.Event()
        self._mark, doors = next(_numbers), [door for door, share in SHARES.items() for _n in range(share)]
        self._waiting: dict[str, deque[int]] = {door: deque() for door in SHARES}
        for number in range(mails):
            self._waiting[doors[number % len(doors)]].append(number)
        self._threads = [threading.Thread(target=self._hand_in, args=(door,), daemon=True) for door in SHARES]
        self._watch = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        for thread in (self._watch, *self._threads):
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def rest(self) -> None:
        self._over.set()
        self._watch.join()

    def left(self) -> dict[str, int]:
        """What nobody has fetched yet."""
        found = {"spool": len(spool.waiting())}
        for user in ("imap", "pop3"):
            with self.server.mailbox(user) as somebody:
                found[user] = len(somebody.search())
        return found

    def _mail(self, number: int) -> tuple[str, EmailMessage]:
        """Every fifth goes on from the fourth before it, by the same sender; it may be the quicker one of the two."""
        word = f"fault{self._mark}x{number}"
        sender = f"{word}@crowd.example"
        answers = f"fault{self._mark}x{number - 4}" if number % ANSWERS == ANSWERS - 1 else ""
        if answers:
            sender = f"{answers}@crowd.example"
        self.senders.add(sender)
        file = random.randbytes(20_000) if number % WITH_FILE == 0 else b""  # noqa: S311
        return word, written(word, sender=sender, answers=answers, file=file)

    def _look(self) -> None:
        while not self._over.wait(0.5):
            self.settled = self._count()

    def _hand_in(self, door: str) -> None:
        waiting = self._waiting[door]
        hand_in: Callable[[Sequence[Mail]], None] = getattr(self, f"_by_{door}")
        while waiting:
            if self.handed_in.total() - self.settled > AHEAD:
                time.sleep(0.1)
                continue
            some = [self._mail(waiting.popleft()) for _n in range(min(AT_A_TIME, len(waiting)))]
            hand_in(some)
            self.handed_in[door] += len(some)

    def _by_smtp(self, mails: Sequence[Mail]) -> None:
        self.load.hand_in_all(mails)

    def _by_lmtp(self, mails: Sequence[Mail]) -> None:
        self.load.hand_in_all(mails, lmtp=True)

    def _by_imap(self, mails: Sequence[Mail]) -> None:
        self._into("imap", mails)

    def _by_pop3(self, mails: Sequence[Mail]) -> None:
        self._into("pop3", mails)

    def _into(self, user: str, mails: Sequence[Mail]) -> None:
        self.server.deliver(user, *(wire_form(message) for _word, message in mails), sender="somebody@crowd.example")
        self.load.mails.update(word for word, _message in mails)

    def _by_pipe(self, mails: Sequence[Mail]) -> None:
        """As the command that mail servers call does it while the database is away."""
        for word, message in mails:
            spool.put_aside(wire_form(message), ADDRESS)
            self.load.mails.add(word)


class _Fetcher:
    """A process of its own that fetches, beside the tasks of the worker that do so, too."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._start()

    @classmethod
    @contextmanager
    def running(cls, stage: Stage) -> Iterator["_Fetcher"]:
        fetcher = cls(stage.environment() | {"HELPDESK_DATA": str(stage.data)})
        try:
            yield fetcher
        finally:
            fetcher.end()

    def kill(self) -> bool:
        """`kill -9` while it is at work, and another one takes its place."""
        assert self._process.stdout is not None  # noqa: S101 - for the type checker
        self._process.stdout.readline()
        time.sleep(random.uniform(0, 1))  # noqa: S311
        self.end()
        self._start()
        return True

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _start(self) -> None:
        command = [sys.executable, "-P", "-m", "helpdesk.drills.fetcher"]
        self._process = subprocess.Popen(  # noqa: S603
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )


def _kill_at_random(stage: Stage, fetcher: _Fetcher, size: Size, *, settled: Callable[[], int]) -> Counter[str]:
    """One after the other in any order, spread over all mails, each at a random moment of its work."""
    victims = [VICTIMS[number % len(VICTIMS)] for number in range(size.kills)]
    random.shuffle(victims)
    kills = Counter[str]()
    for number, victim in enumerate(victims, start=1):
        share = max(settled() + 1, size.mails * number // (size.kills + 1))
        wait_for_number(settled, wanted=share, seconds=300, what="the next mail on a ticket")
        if victim == "fetcher":
            kills[victim] += fetcher.kill()
            continue
        wait_for(lambda name=victim: stage.process(name), seconds=240, what=f"the {victim}")
        time.sleep(random.uniform(0, 1))  # noqa: S311
        kills[victim] += stage.kill(victim)
    return kills


def new_mailbox(stage: Stage, protocol: str, server: dovecot.Server) -> Account:
    port = server.port if protocol == "imap" else server.pop3
    name = f"{protocol} {next(_numbers)}"
    box = Account(name=name, host="127.0.0.1", port=port, username=protocol, protocol=protocol)
    box.security, box.password = Account.Security.NONE, dovecot.PASSWORD
    box.after, box.queue = Account.After.DELETE, stage.queue
    box.save()
    return box


def _settled(first: int) -> int:
    return asked(lambda: Incoming.objects.filter(pk__gt=first, state=Incoming.State.TICKETED).count()) or 0


def newest() -> int:
    return Incoming.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def end_leases() -> None:
    models: Sequence[Any] = (Incoming, Outgoing, Delivery)
    for model in models:
        model.objects.filter(leased_until__gt=timezone.now()).update(leased_until=timezone.now())
