"""Processes: what a step costs, in a small drawing and in a large one.

All of it is a savepoint, so that the world keeps the processes and runs it had.
"""

from django.db import transaction

from accounts.people import system_actor
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, measure
from processes.actions import configuring, starting, working
from processes.models import Process, Run
from processes.ready.parts import QUEUE
from processes.ready.writing import Step, Template, Way, automatic, end, start, words
from tickets.models import Ticket

ELEMENTS = (10, 100)


def process_step(ground: Ground) -> list[Result]:
    """Somebody finishes his step, the next automatic one adds a tag, and the run waits again: one transaction."""
    return [_measured(elements, ground) for elements in ELEMENTS]


def _measured(elements: int, ground: Ground) -> Result:
    with transaction.atomic():
        by = system_actor("system")
        process = Process(key=f"bench-{elements}", name=f"Bench {elements}")
        configuring.create(process, xml=_line(elements).xml(), by=by)
        configuring.publish(process, by=by)
        tickets = list(Ticket.objects.filter(closed_at=None, merged_into=None).order_by("-pk")[: ground.repeat + 10])
        runs = [starting.start(process, ticket, by=by) for ticket in tickets]
        for run in runs[:1]:
            _to_the_middle(run, elements)
        result = measure(
            "process_step", lambda number: _step(runs[number % len(runs)]), repeat=ground.repeat, tickets=ground.tickets
        )
        transaction.set_rollback(True)
    return Result(**{**vars(result), "more": {"elements": elements}})


def _to_the_middle(run: Run, elements: int) -> None:
    """The plan is read and the caches are warm."""
    for _number in range(elements // 4):
        _step(run)


def _step(run: Run) -> None:
    task = run.tasks.open().select_related("run__version__process", "ticket").first()
    if task is not None:
        working.complete(task, {}, by=system_actor("system"))


def _line(elements: int) -> Template:
    """Steps of people and automatic ones in turn."""
    names = words("Step", "Schritt", "Paso", "Passo")
    ids = [f"Step{number}" for number in range(elements - 2)]
    steps = [
        Step(pk, "manualTask", names, {"who": QUEUE})
        if number % 2 == 0
        else automatic(pk, names, {"do": "tag", "tags": [f"bench{number}"]})
        for number, pk in enumerate(ids)
    ]
    line = ["Start", *ids, "End"]
    ways = [Way(f"{one}>{other}") for one, other in zip(line, line[1:], strict=False)]
    return Template(f"bench{elements}", names, names, (), (start(), *steps, end()), ways)
