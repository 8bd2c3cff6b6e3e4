"""What processes ask of a customer, for the first page and for one request."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from core.counting import figures
from processes.models import Decision, Task
from tickets.models import Ticket
from web.common.process_tasks import Titled, titled

MOST = 20


@dataclass(frozen=True)
class Waiting:
    tasks: Sequence[Titled]
    decisions: Sequence[tuple[Decision, Titled]]

    @property
    def number(self) -> int:
        return len(self.tasks) + len(self.decisions)


def waiting_for(person: User, ticket: Ticket | None = None) -> Waiting:
    """Of all requests, or of one."""
    tasks, asked = Task.objects.of_customer(person), Decision.objects.of(person)
    if ticket is not None:
        tasks, asked = tasks.filter(ticket=ticket), asked.filter(task__ticket=ticket)
    # most people have neither, which is one question
    there = figures({"tasks": tasks, "asked": asked}, limit=1)
    found = list(asked.for_page()[:MOST]) if there["asked"] else []
    named = titled(one.task for one in found)
    to_do = titled(tasks.for_page()[:MOST]) if there["tasks"] else []
    return Waiting(to_do, list(zip(found, named, strict=True)))
