"""Processes beside a ticket (settings.TICKET_PANELS): where they are, whom they wait for, what this agent may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from processes.models import Decision, Process, Run, Task
from processes.queries import RunView, StepView, offered, panel_of
from tickets.models import Ticket
from web.common.diagrams import Picture, drawn, near, picture_of
from web.common.process_tasks import Titled, titled
from web.desk.panels import TicketPanel

# Runs that are over are on the page of the processes; here are those that go on, and the last one that ended.
ENDED = 1
DONE = 2
NEXT = 2


@dataclass(frozen=True)
class Shown:
    """One run: `tasks` and `decisions` are what this agent may do in it."""

    view: RunView
    picture: Picture | None
    # what stands around the step that is done now
    near: Picture | None
    tasks: Sequence[Titled]
    decisions: Sequence[Decision]

    @property
    def brief(self) -> Sequence[StepView]:
        """What was done last, what is done now, and what comes next."""
        steps = self.view.steps
        now = [step for step in steps if step.state not in ("done", "next")]
        done = [step for step in steps if step.state == "done"][-DONE:]
        return [*done, *now, *[step for step in steps if step.state == "next"][:NEXT]]


def shown_on(ticket: Ticket, agent: User) -> list[Shown]:
    views = panel_of(ticket, agent)
    runs = [view.run.pk for view in views]
    tasks = list(Task.objects.of_agent(agent).filter(ticket=ticket, run__in=runs).for_page())
    decisions = list(Decision.objects.of(agent).filter(task__ticket=ticket, task__run__in=runs).for_page())
    return [_shown(view, tasks, decisions) for view in views]


def _shown(view: RunView, tasks: Sequence[Task], decisions: Sequence[Decision]) -> Shown:
    drawing = drawn(view.run.version)
    picture = picture_of(drawing, marks=view.marks, name=view.name)
    return Shown(
        view,
        picture,
        near(drawing, picture, view.marks),
        titled(task for task in tasks if task.run_id == view.run.pk),
        [one for one in decisions if one.task.run_id == view.run.pk],
    )


def startable(ticket: Ticket, agent: User) -> list[Process]:
    """What this agent may start here; nothing without the right to change the ticket."""
    return offered(ticket) if ticket.allows(agent, "write") else []


def _facts(ticket: Ticket, agent: User) -> list[Shown] | None:
    found = shown_on(ticket, agent)
    going = [one for one in found if one.view.run.is_active]
    return going or found[:ENDED] or None


def _runs(ticket: Ticket, _now: datetime) -> QuerySet[Run]:
    return Run.objects.filter(ticket=ticket)


PANEL = TicketPanel("desk/processes/group.html", _facts, _runs)
