"""Clocks under faults: several sweep and are killed, time jumps. Each mark is told once and in order, sums agree."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.people import system_actor
from core.clock import now, pretend
from helpdesk.drills.stage import Stage, wait_for
from sla import sweeping
from sla.configuring import save_calendar, save_policy
from sla.journals import disagreements
from sla.models import Calendar, Clock, Policy, Retarget, Target
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.queues import save_queue
from tickets.actions.replying import add_note, reply
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Event, Queue, Ticket

HOUR = 3600
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS, NIGHTS = [["00:00", "24:00"]], [["00:00", "08:00"]]
_numbers = count()


@dataclass(frozen=True)
class Size:
    """So many tickets in each round; after each of them something is killed."""

    tickets: int
    rounds: int
    sweepers: int = 2
    patient: bool = True


@dataclass(frozen=True)
class Leap:
    """A ticket over a strange moment: so many hours of business time are used up at `due`."""

    hours: list[list[str]]
    opened: str
    target: int
    due: str


# Both changes of the clocks, 29 February, New Year; in Berlin.
LEAPS = (
    Leap(ALWAYS, "2027-03-27T12:00+01:00", 24, "2027-03-28T13:00+02:00"),
    Leap(NIGHTS, "2027-03-27T12:00+01:00", 7, "2027-03-28T08:00+02:00"),
    Leap(ALWAYS, "2027-10-30T12:00+02:00", 25, "2027-10-31T12:00+01:00"),
    Leap(NIGHTS, "2027-10-30T12:00+02:00", 9, "2027-10-31T08:00+01:00"),
    Leap(ALWAYS, "2028-02-28T23:00+01:00", 25, "2028-03-01T00:00+01:00"),
    Leap(ALWAYS, "2027-12-31T23:30+01:00", 1, "2028-01-01T00:30+01:00"),
)

Report = dict[str, Any]


def f09_jumps(stage: Stage, size: Size) -> Report:
    """F09: the clock of a process jumps two hours ahead and back, over every strange moment there is."""
    wrong, tickets = [], []
    for leap in LEAPS:
        queue, _policy = _promise(leap.hours, leap.target * HOUR)
        opened, due = (datetime.fromisoformat(moment).astimezone(UTC) for moment in (leap.opened, leap.due))
        ticket = _opened(stage, queue, opened)
        tickets.append(ticket)
        with pretend(due - timedelta(seconds=1)):
            _sweep([ticket])
        if "breach" in [mark for mark, _at in _told(ticket)]:
            wrong.append(f"{leap} was told of too early")
        for jump in (0, 2, -2, 26, 2):  # hours
            with pretend(due + timedelta(hours=jump)):
                _sweep([ticket])
                add_note(ticket, Message(text="Just now"), by=stage.agents[0].user)
        with pretend(due - timedelta(hours=1)):
            reply(ticket, Message(text="Done"), by=stage.agents[0].user)
        clock = Clock.objects.get(ticket=ticket, kind="first_response")
        if dict(_told(ticket)).get("breach") != due or clock.spent != clock.target - HOUR:
            wrong.append(f"{leap}: {dict(_told(ticket))}, {clock.spent} of {clock.target}")
    queue, _policy = _promise(ALWAYS, HOUR)
    today = [_opened(stage, queue, timezone.now()) for _n in range(size.tickets)]
    for jump in (2, 0, -2, 2):
        with pretend(timezone.now() + timedelta(hours=jump)):
            _sweep(today)
    return _report("F09", [*tickets, *today], wrong, jumps=len(LEAPS) * 6 + 4)


def f12_sweepers(stage: Stage, size: Size) -> Report:
    """F12: several sweep at once and are killed, as are the workers, while an SLA changes under them."""
    queue, policy = _promise(ALWAYS, HOUR)
    tickets: list[Ticket] = []
    kills = 0
    with _sweepers(size.sweepers) as sweepers:
        for number in range(size.rounds):
            ago = timezone.now() - timedelta(hours=3)
            tickets += [_opened(stage, queue, ago) for _n in range(size.tickets)]
            save_policy(policy, _targets(HOUR, solution=240 + number), by=system_actor("system"))
            time.sleep(random.uniform(0, 0.3))  # noqa: S311 - anywhere
            _kill(sweepers, number % size.sweepers)
            kills += 1 + stage.kill("worker")
    _end_leases(size)
    told = wait_for(lambda: not Clock.objects.due(timezone.now()).exists(), seconds=120, what="the last mark")
    anew = wait_for(lambda: not Retarget.objects.filter(finished_at=None).exists(), seconds=300, what="the new targets")
    solutions = Clock.objects.filter(ticket__in=tickets, kind="solution")
    targets = set(solutions.values_list("target", flat=True))
    wrong = [] if targets == {(240 + size.rounds - 1) * HOUR} else [f"targets of {sorted(targets)}"]
    return _report("F12", tickets, wrong, kills=kills, told_after_s=round(told, 1), set_anew_after_s=round(anew, 1))


def _promise(hours: list[list[str]], seconds: int) -> tuple[Queue, Policy]:
    """A queue with an SLA of its own, so that nothing else is promised anything."""
    by, name = system_actor("system"), f"Promises {next(_numbers)}"
    queue = save_queue(Queue(name=name), by=by)
    calendar = Calendar(name=name, zone="Europe/Berlin", hours=dict.fromkeys(DAYS, hours))
    save_calendar(calendar, by=by)
    condition = {"field": "queue", "is": queue.pk}
    policy = Policy(name=name, calendar=calendar, condition=condition, warnings=[50, 75], levels=[HOUR])
    return queue, save_policy(policy, _targets(seconds, solution=240), by=by)


def _targets(seconds: int, *, solution: int) -> list[Target]:
    return [Target(kind="first_response", seconds=seconds), Target(kind="solution", seconds=solution * HOUR)]


def _sweep(tickets: Sequence[Ticket]) -> None:
    """Until nothing of these is due: a ticket that a worker holds just then is passed by and comes with the next."""
    for _turn in range(100):
        sweeping.sweep()
        if not Clock.objects.due(now()).filter(ticket__in=tickets).exists():
            return
        time.sleep(0.1)


def _opened(stage: Stage, queue: Queue, at: datetime) -> Ticket:
    opening = Opening(title="A promise", queue=queue, customer=stage.agents[0].user, channel="web")
    with pretend(at):
        return open_ticket(opening, Message(text="A question"), by=stage.agents[0].user).ticket


@contextmanager
def _sweepers(number: int) -> Iterator[list[subprocess.Popen]]:
    running = [_sweeper() for _n in range(number)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def _sweeper() -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-P", "-m", "helpdesk.drills.sweeper"])  # noqa: S603


def _kill(sweepers: list[subprocess.Popen], number: int) -> None:
    """`kill -9`, and another one takes its place."""
    sweepers[number].kill()
    sweepers[number].wait()
    sweepers[number] = _sweeper()


def _end_leases(size: Size) -> None:
    """What a killed worker held is free when its lease is over; in small, nobody waits for that."""
    if not size.patient:
        Retarget.objects.filter(leased_until__gt=timezone.now()).update(leased_until=timezone.now())


def _told(ticket: Ticket) -> list[tuple[str, datetime]]:
    """The marks of the first response in the order in which they were told, with the time they were due."""
    found = []
    for event in Event.objects.filter(ticket=ticket, kind__startswith="sla.").order_by("id"):
        data = {name: change["now"] for name, change in event.data.items()}
        if data.get("clock") != "first_response":
            continue
        mark = f"w{data['percent']}" if "percent" in data else f"l{data['level']}" if "level" in data else "breach"
        found.append((mark, datetime.fromisoformat(data["due"])))
    return found


def _report(name: str, tickets: Sequence[Ticket], wrong: list[str], **facts: Any) -> Report:
    """Lost and doubled marks, those out of order, clocks that disagree with their journals, broken histories."""
    lost = doubled = disordered = 0
    for ticket in tickets:
        told = _told(ticket)
        counted = Counter(mark for mark, _due in told)
        clock = Clock.objects.get(ticket=ticket, kind="first_response")
        lost += sum(mark not in counted for mark, _seconds in clock.marks)
        doubled += sum(counted.values()) - len(counted)
        disordered += [due for _mark, due in told] != sorted(due for _mark, due in told)
        wrong = [*wrong, *disagreements(ticket), *map(str, broken_links(Ticket.objects.get(pk=ticket.pk)))]
    bad = {"lost": lost, "doubled": doubled, "disordered": disordered, "wrong": wrong[:5]}
    return {"name": name, "ok": not any(bad.values()), "tickets": len(tickets), **bad, **facts}
