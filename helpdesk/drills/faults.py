"""Something is killed while mail comes in and agents answer (docs/operations.md, "What it withstands")."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import redis
from django.conf import settings
from django.utils import timezone

from core.work import LEASE
from helpdesk.drills.accounting import account, is_ticketed, is_whole, wait_until_done
from helpdesk.drills.load import Load
from helpdesk.drills.stage import Agent, Stage, Unfinished, wait_for
from mail.models import Incoming, Outgoing
from tickets.actions.opening import Opening, open_ticket
from tickets.messages import Message
from tickets.models import Delivery

NORMAL_AFTER = 30.0
# A row that a killed worker held is free again after its lease; then come the sweep and the work itself.
CAUGHT_UP_AFTER = LEASE.total_seconds() + 25
_numbers = count()


@dataclass(frozen=True)
class Size:
    """How hard: mails in all and per second, agents that answer, how often something is killed, seconds it is away.

    `patient`: leases run out by themselves; otherwise they are taken to be over, so that nobody waits for them.
    """

    mails: int
    per_second: float
    agents: int
    kills: int
    away: float = 0.0
    patient: bool = True


Report = dict[str, Any]


def f03_workers(stage: Stage, size: Size) -> Report:
    """F03: the whole worker group is killed again and again."""
    with _load(stage, size) as (load, busy):
        kills = 0
        while kills < size.kills:
            kills += _kill_at_work(stage, "worker")
        last_kill = time.monotonic()
        busy.join()
    _wait_for_leases(size)
    wait_until_done(seconds=CAUGHT_UP_AFTER + 240)
    return _report("F03", load, stage, kills=kills, caught_up_s=time.monotonic() - max(last_kill, load.ended))


def f04_flush(stage: Stage, size: Size) -> Report:
    """F04: Redis forgets everything, again and again."""
    slowest = 0.0
    with _load(stage, size) as (load, busy):
        for _kill in range(size.kills):
            time.sleep(1)
            redis.Redis.from_url(settings.REDIS_URL).flushall()
            slowest = max(slowest, _back_to_normal(stage, load))
        busy.join()
    wait_until_done(seconds=120)
    return _report("F04", load, stage, kills=size.kills, normal_after_s=slowest)


def f05_redis_away(stage: Stage, size: Size) -> Report:
    """F05: Redis is away for minutes; pages, replies and mail intake go on, and the workers resume afterwards."""
    with _load(stage, size) as (load, busy):
        time.sleep(1)
        stage.kill_server(stage.valkey)
        before = sum(number for status, number in load.statuses.items() if status >= 500 or status == 0)
        time.sleep(size.away)
        refused = sum(number for status, number in load.statuses.items() if status >= 500 or status == 0) - before
        stage.valkey.start()
        resumed = _normal_again()
        busy.join()
    done = wait_until_done(seconds=600)
    facts = {
        "away_s": size.away,
        "refused_while_away": refused,
        "normal_after_s": resumed,
        "backlog_gone_after_s": done,
    }
    report = _report("F05", load, stage, **facts)
    return report | {"ok": report["ok"] and not refused}


def f06_database(stage: Stage, size: Size) -> Report:
    """F06: PostgreSQL is killed again and again, then away for a minute."""
    slowest = 0.0
    with _load(stage, size) as (load, busy):
        for number in range(size.kills + 1):
            time.sleep(random.uniform(0.5, 2))  # noqa: S311
            stage.kill_server(stage.postgres)
            if number == size.kills:
                time.sleep(size.away)
            stage.postgres.start()
            slowest = max(slowest, _back_to_normal(stage, load))
        last_kill = time.monotonic()
        busy.join()
    _wait_for_leases(size)
    wait_until_done(seconds=CAUGHT_UP_AFTER + 240)
    caught_up = time.monotonic() - max(last_kill, load.ended)
    return _report(
        "F06", load, stage, kills=size.kills + 1, away_s=size.away, normal_after_s=slowest, caught_up_s=caught_up
    )


def _report(name: str, load: Load, stage: Stage, **facts: Any) -> Report:
    rounded = {key: round(value, 1) if isinstance(value, float) else value for key, value in facts.items()}
    report = account(load, stage) | rounded
    in_time = report.get("normal_after_s", 0) <= NORMAL_AFTER and report.get("caught_up_s", 0) <= CAUGHT_UP_AFTER
    return {"name": name, "ok": is_whole(report) and in_time, **report}


@contextmanager
def _load(stage: Stage, size: Size) -> Iterator[tuple[Load, "_Busy"]]:
    load = Load(stage)
    busy = _Busy(load, size)
    busy.start()
    try:
        yield load, busy
    except BaseException:
        # Nobody shall go on trying on an installation that is broken for good.
        load.given_up.set()
        raise
    finally:
        load.over.set()
        busy.join()
        load.ended = time.monotonic()


class _Busy:
    """The threads of a load: four mail servers, some agents who answer, one who looks around."""

    SENDERS = 4

    def __init__(self, load: Load, size: Size) -> None:
        self._load = load
        words = iter([f"mail{next(_numbers)}" for _n in range(size.mails)])
        lock = threading.Lock()
        pause = self.SENDERS / size.per_second

        def send() -> None:
            while True:
                with lock:
                    word = next(words, None)
                if word is None:
                    return
                started = time.monotonic()
                load.mail(word)
                time.sleep(max(0.0, pause - (time.monotonic() - started)))

        self._senders = [threading.Thread(target=send) for _n in range(self.SENDERS)]
        chosen = load.stage.agents[: size.agents]
        tickets = {agent: _ticket(load.stage, agent) for agent in chosen}
        self._agents = [threading.Thread(target=self._answer, args=(agent, tickets[agent])) for agent in chosen]
        self._agents.append(threading.Thread(target=self._look, args=(load.stage.agents[-1],)))

    def start(self) -> None:
        for thread in [*self._senders, *self._agents]:
            thread.start()

    def join(self) -> None:
        """Until the last mail is handed in; then the agents stop, too."""
        for thread in self._senders:
            thread.join()
        self._load.over.set()
        for thread in self._agents:
            thread.join()

    def _answer(self, agent: Agent, number: str) -> None:
        self._repeat(lambda: self._load.reply(agent, number, f"reply{next(_numbers)}"), pause=1)

    def _look(self, agent: Agent) -> None:
        self._repeat(lambda: self._load.look(agent), pause=0.5)

    def _repeat(self, act: Callable[[], object], *, pause: float) -> None:
        while not self._load.over.wait(pause):
            act()


def _ticket(stage: Stage, agent: Agent) -> str:
    """A ticket of this agent's own, so that nobody answers before him."""
    opening = Opening(title=f"For {agent.user}", queue=stage.queue, customer=agent.user, channel="web")
    return open_ticket(opening, Message(text="A question"), by=agent.user).ticket.number


def _wait_for_leases(size: Size) -> None:
    if not size.patient:
        now = timezone.now()
        for model in (Incoming, Outgoing, Delivery):
            model.objects.filter(leased_until__gt=now).update(leased_until=now)


def _work_goes_on(*, seconds: float = 300) -> float:
    """Seconds until the workers have done something."""
    ticketed = Incoming.objects.filter(state=Incoming.State.TICKETED)
    done = ticketed.count()
    return wait_for(lambda: ticketed.count() > done, seconds=seconds, what="more work")


def _normal_again() -> float:
    """Seconds until the workers have done something, or have done it all before anybody looked."""
    ticketed = Incoming.objects.filter(state=Incoming.State.TICKETED)
    done = ticketed.count()

    def goes_on() -> bool:
        return ticketed.count() > done or not Incoming.objects.unfinished().exists()

    return wait_for(goes_on, seconds=300, what="more work")


def _kill_at_work(stage: Stage, name: str) -> bool:
    """Kill it while it works, not while it starts."""
    wait_for(lambda: stage.process(name), seconds=240, what=f"the {name}")
    with suppress(Unfinished):
        _work_goes_on(seconds=20)
    time.sleep(random.uniform(0.1, 1.5))  # noqa: S311 - anywhere
    return stage.kill(name)


def _back_to_normal(stage: Stage, load: Load) -> float:
    """Seconds until a page is served again and a new mail is on a ticket."""
    started = time.monotonic()
    agent = stage.agents[-2]
    wait_for(lambda: load.look(agent).is_fine, seconds=120, what="a page")
    word = f"probe{next(_numbers)}"
    load.mail(word)
    wait_for(lambda: is_ticketed(word), seconds=300, what="a mail on a ticket")
    return time.monotonic() - started
