"""Runs of processes while their workers are killed: each step's effects exactly once, no run left behind."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from accounts.people import system_actor
from helpdesk.drills.stage import Stage, wait_for
from processes.actions import configuring, starting
from processes.models import Impulse, Process, Run, Step, Timer
from processes.ready.parts import gateway
from processes.ready.writing import Step as Drawn
from processes.ready.writing import Template, Way, automatic, end, start, words
from tickets.actions.opening import Opening, open_ticket
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Article, Ticket

EFFECTS = ("first", "left", "right", "last")
_numbers = count(1)


@dataclass(frozen=True)
class Size:
    """`patient` waits until the leases of the killed have run out; in small they end at once."""

    runs: int
    kills: int
    movers: int = 3
    patient: bool = True


def process_runs(stage: Stage, size: Size) -> dict[str, Any]:
    """So many runs through effects, a timer and parallel ways, their movers killed (-9) at random all the while."""
    process, by = _process(), stage.agents[0].user
    tickets = [_opened(stage) for _number in range(size.runs)]
    for ticket in tickets:
        starting.order(process, ticket, event=ticket.events.get(version=1), by=by)
    kills = 0
    runs = Run.objects.filter(version__process=process)
    with _movers(size.movers) as movers:
        while kills < size.kills and runs.filter(state=Run.State.DONE).count() < size.runs:
            time.sleep(random.uniform(0.1, 0.8))  # noqa: S311 - anywhere
            movers.kill_one()
            kills += 1 + (stage.kill("worker") if kills % 5 == 0 else 0)
        if not size.patient:
            Timer.objects.update(leased_until=None)
            Impulse.objects.filter(due_at__isnull=False).update(leased_until=None)
        took = wait_for(lambda: runs.filter(state=Run.State.DONE).count() == size.runs, seconds=900, what="all runs")
    return _report(tickets, runs.count(), size, kills=kills, done_after_s=round(took, 1))


def _report(tickets: list[Ticket], runs: int, size: Size, **more: Any) -> dict[str, Any]:
    said = Counter(Article.objects.filter(ticket__in=tickets, channel="note").values_list("ticket", "body"))
    wrong = [f"{ticket}: {word}" for ticket in tickets for word in EFFECTS if said[ticket.pk, word] != 1]
    steps = Counter(Step.objects.filter(run__ticket__in=tickets).values_list("run", "element"))
    twice = [str(key) for key, times in steps.items() if times != 1 and key[1] != "Join"]
    broken = [ticket.number for ticket in tickets[:50] if broken_links(Ticket.objects.get(pk=ticket.pk))]
    left = Timer.objects.filter(run__ticket__in=tickets).count()
    fine = runs == size.runs and not wrong and not twice and not broken and not left
    return {"name": "process_runs", "ok": fine, "runs": runs, "wrong": wrong[:5], "twice": twice[:5], **more}


def _process() -> Process:
    """start, effect, timer, two effects at the same time, effect, end."""
    names = words("Step", "Schritt", "Paso", "Passo")
    span = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition>"
    acts = {word: automatic(word, names, {"do": "note", "text": word}) for word in EFFECTS}
    steps = (
        start(),
        *acts.values(),
        Drawn("Wait", "intermediateCatchEvent", names, inside=span),
        gateway("Split", of="parallelGateway"),
        gateway("Join", of="parallelGateway"),
        end(),
    )
    first = ["Start>first", "first>Wait", "Wait>Split", "Split>left", "Split>right"]
    line = [*first, "left>Join", "right>Join", "Join>last", "last>End"]
    template = Template("drill", names, names, (), steps, [Way(each) for each in line])
    by = system_actor("system")
    process = Process(key=f"drill-{next(_numbers)}", name="Drill")
    configuring.create(process, xml=template.xml(), by=by)
    configuring.publish(process, by=by)
    return process


def _opened(stage: Stage) -> Ticket:
    by = stage.agents[0].user
    opening = Opening(title="A run", queue=stage.queue, customer=by, channel="web")
    return open_ticket(opening, Message(text="Go"), by=by).ticket


@contextmanager
def _movers(number: int) -> Iterator["_Movers"]:
    command = [sys.executable, "-P", "-m", "helpdesk.drills.mover", str(number)]
    nest = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603
    try:
        yield _Movers(nest, number)
    finally:
        os.killpg(nest.pid, signal.SIGKILL)
        nest.wait()


class _Movers:
    """Those that are alive, by their numbers."""

    def __init__(self, nest: subprocess.Popen, number: int) -> None:
        self._nest = nest
        self._alive = [self._next() for _n in range(number)]

    def kill_one(self) -> None:
        """`kill -9`, and another one takes its place."""
        mover = self._alive.pop(0)
        os.kill(mover, signal.SIGKILL)
        self._alive.append(self._next())

    def _next(self) -> int:
        assert self._nest.stdout is not None
        return int(self._nest.stdout.readline())
