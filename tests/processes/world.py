"""Processes and runs for tests, made by the verbs."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from accounts.models import User
from accounts.people import system_actor
from processes import impulses
from processes.actions import configuring, messaging
from processes.models import Impulse, Process, Run, Task, Timer
from tests.factories import AgentFactory

_numbers = count(1)


def published(xml: str, *, key: str = "", by: User | None = None, **fields: object) -> Process:
    by = by or system_actor("system")
    key = key or f"process-{next(_numbers)}"
    process = configuring.create(Process(key=key, name=key.capitalize(), **fields), xml=xml, by=by)
    configuring.publish(process, by=by)
    return process


def tasks(run: Run) -> dict[str, Task]:
    """The open tasks by element."""
    found = Task.objects.open().filter(run=run).select_related("run__version__process", "ticket", "user", "role")
    return {task.element: task for task in found}


def fresh(run: Run) -> Run:
    return Run.objects.select_related("version__process", "ticket").get(pk=run.pk)


def pass_time(run: Run, element: str = "") -> int:
    """The timers of the run, or the one of this element, go off now; how many did."""
    due = Timer.objects.filter(run=run, **({"element": element} if element else {})).order_by("due_at", "pk")
    found = list(due.select_related("run__ticket"))
    for timer in found:
        messaging.ring(timer)
    return len(found)


def pass_on() -> int:
    """All duties that events have left; how many there were."""
    done = 0
    while (row := Impulse.objects.filter(due_at__isnull=False).order_by("pk").first()) is not None:
        impulses.pass_on(row)
        done += 1
    return done


def soon(**span: float):
    return timezone.now() + timedelta(**span)


def kinds(run: Run) -> list[str]:
    """What the history of the ticket says of processes, in order."""
    events = run.ticket.events.filter(kind__startswith="process.").order_by("id")
    return [event.kind.removeprefix("process.") for event in events]


def path(run: Run) -> list[str]:
    """The elements that tokens have left, in order."""
    return [f"{step.element}:{step.outcome}" if step.outcome else step.element for step in run.steps.order_by("id")]


def agent(ticket, *rights: str) -> User:
    from tickets.rights import grant

    person = AgentFactory()
    grant(person, ticket.queue, *(rights or ("write",)))
    return person
