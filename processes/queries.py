"""What pages and programs show of runs: where the tokens are, what was, what comes, who is waited for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch

from accounts.models import User
from processes.compiling import SEPARATOR, full_id
from processes.drawing import ACTIVITIES, Drawing, Element, Kind, Trigger
from processes.models import Decision, Process, Run, Task
from processes.models.run import RunQuerySet
from processes.plans import drawing_of, drawings_of
from processes.refusals import stuck_reason
from processes.words import name_of
from tickets.models import Ticket

__all__ = ["RunView", "StepView", "drawing_of", "offered", "panel_of", "view_of"]

# What is shown as a step: work, automatic steps and events that wait. Gateways are only drawn.
_SHOWN = ACTIVITIES | {Kind.CATCH}
_CHOICES = frozenset({Kind.EXCLUSIVE, Kind.EVENT_BASED})
MOST_STEPS = 200


@dataclass(frozen=True)
class StepView:
    """`state` is "done", "now", "next" or "stuck"; `id` is the element's, with the key of a called process before it.
    `who` is whom it waits for, or who has done it. Of several that may come next, `is_other` says that it would come
    instead of the one before."""

    id: str
    element: Element
    name: str
    state: str
    at: datetime | None = None
    who: str = ""
    task: Task | None = None
    times: int = 1
    is_other: bool = False


@dataclass(frozen=True)
class RunView:
    """A run as a reader sees it. `marks` are the states of elements of its own drawing, for the diagram."""

    run: Run
    name: str
    drawing: Drawing
    steps: Sequence[StepView]
    marks: Mapping[str, str]
    problem: str = ""
    waiting: Sequence[str] = ()
    due_at: datetime | None = None
    may_steer: bool = False
    tasks: Sequence[Task] = field(default_factory=list)

    @property
    def now(self) -> Sequence[StepView]:
        return [step for step in self.steps if step.state in ("now", "stuck")]

    @property
    def next(self) -> Sequence[StepView]:
        return [step for step in self.steps if step.state == "next"]


def panel_of(ticket: Ticket, user: User) -> list[RunView]:
    """The runs of a ticket that `user` may read: those that go on first, then the newest."""
    found = runs().filter(ticket=ticket)
    may_steer = ticket.allows(user, "write")
    views = [view_of(run, may_steer=may_steer) for run in found]
    return sorted(views, key=lambda view: not view.run.is_active)


def view_of(run: Run, *, may_steer: bool = False) -> RunView:
    """One run; `run` as `panel_of` fetches it costs no further query, once its version has been read."""
    drawings = drawings_of(run)
    tasks = [task for task in run.tasks.all() if task.is_open]
    steps = [*_done(run, drawings), *_now(run, drawings, tasks)]
    shown = {step.id for step in steps}
    steps += _next(drawings, steps, shown)
    dues = [task.due_at for task in tasks if task.due_at]
    return RunView(
        run=run,
        name=run.version.process.shown_name,
        drawing=drawings[""],
        steps=steps,
        marks=_marks(run, steps),
        problem=stuck_reason(run.problem.get("code", ""), run.problem.get("text", "")) if run.problem else "",
        waiting=list(dict.fromkeys(step.who for step in steps if step.state == "now" and step.who)),
        due_at=min(dues, default=None),
        may_steer=may_steer and run.is_active,
        tasks=tasks,
    )


def offered(ticket: Ticket) -> list[Process]:
    """What an agent may start on this ticket."""
    if ticket.is_removed or ticket.merged_into_id is not None:
        return []
    return list(Process.objects.in_desk(ticket.queue).select_related("active"))


def runs() -> RunQuerySet:
    """With all that `view_of` needs, in a few queries."""
    decisions = Prefetch("decisions", Decision.objects.select_related("approver"))
    tasks = Prefetch(
        "tasks",
        Task.objects.select_related("user", "role__group", "done_by", "ticket__owner").prefetch_related(decisions),
    )
    return Run.objects.select_related("version__process", "ticket").prefetch_related(tasks, "steps", "timers")


def _done(run: Run, drawings: Mapping[str, Drawing]) -> list[StepView]:
    """Each element once, as it was the last time."""
    by_token = {task.instance: task for task in run.tasks.all()}
    found: dict[str, StepView] = {}
    for step in list(run.steps.all())[-MOST_STEPS:]:
        element = _element(step.element, drawings)
        if element is None or element.kind not in _SHOWN:
            continue
        task = by_token.get(step.instance)
        who = _who_did(task) if task else ""
        times = found[step.element].times + 1 if step.element in found else 1
        found.pop(step.element, None)
        at = task.done_at if task else step.at
        found[step.element] = StepView(step.element, element, name_of(element), "done", at, who, task, times)
    return list(found.values())


def _now(run: Run, drawings: Mapping[str, Drawing], tasks: Iterable[Task]) -> list[StepView]:
    found: dict[str, StepView] = {}
    for task in tasks:
        if element := _element(task.element, drawings):
            found[task.element] = StepView(
                task.element, element, name_of(element), "now", task.created_at, _whom(task), task
            )
    for timer in run.timers.all():
        element = _element(timer.element, drawings)
        if element and timer.approval_id is None and element.kind == Kind.CATCH:
            found.setdefault(timer.element, StepView(timer.element, element, name_of(element), "now", timer.due_at))
    for scope, drawing in drawings.items() if run.awaits else ():
        for element in drawing.elements:
            waits = element.trigger is Trigger.MESSAGE and element.text in run.awaits
            if waits and element.kind in (Kind.CATCH, Kind.RECEIVE):
                key = full_id(scope, element.id)
                found.setdefault(key, StepView(key, element, name_of(element), "now"))
    where = run.problem.get("element", "")
    if element := _element(where, drawings) if where else None:
        found[where] = StepView(where, element, name_of(element), "stuck")
    return list(found.values())


def _next(drawings: Mapping[str, Drawing], steps: Iterable[StepView], shown: Collection[str]) -> list[StepView]:
    """What can come directly after what is now, whichever way is taken, and is not `shown` already."""
    found: dict[str, StepView] = {}
    for step in steps:
        if step.state == "done":
            continue
        scope, _sep, _id = step.id.rpartition(SEPARATOR)
        choices: set[str] = set()
        for element, choice in _after(drawings[scope], step.element.id):
            key = full_id(scope, element.id)
            if key in shown or key in found:
                continue
            found[key] = StepView(key, element, name_of(element), "next", is_other=choice in choices)
            choices |= {choice} if choice else set()
    return list(found.values())


def _after(drawing: Drawing, start: str) -> Iterable[tuple[Element, str]]:
    """The steps that follow, through gateways and out of sub-processes, each with the choice that leads to it."""
    todo, seen = [(start, "")], {start}
    while todo:
        current, choice = todo.pop()
        if current != start and drawing.by_id[current].kind in _CHOICES:
            choice = choice or current
        for flow in drawing.flows_from(current):
            element = drawing.by_id.get(flow.target)
            if element is None or element.id in seen:
                continue
            seen.add(element.id)
            if element.kind in _SHOWN:
                yield element, choice
            elif element.kind == Kind.END and element.parent:
                todo.append((element.parent, choice))
            else:
                todo.append((element.id, choice))


def _marks(run: Run, steps: Iterable[StepView]) -> dict[str, str]:
    """Of everything that is drawn: what was passed, too, though it is no step. Later states win."""
    marks = {step.element: "done" for step in run.steps.all() if SEPARATOR not in step.element}
    for state in ("next", "now", "stuck"):
        marks |= {step.id: state for step in steps if step.state == state and SEPARATOR not in step.id}
    return marks


def _element(place: str, drawings: Mapping[str, Drawing]) -> Element | None:
    scope, _sep, element = place.rpartition(SEPARATOR)
    return drawings[scope].by_id.get(element) if scope in drawings else None


def _who_did(task: Task) -> str:
    """Who has done a task, or has decided."""
    if task.kind == Task.Kind.APPROVAL:
        said = [one for one in task.decisions.all() if one.answer and one.answer not in Decision.Answer.uncounted()]
        return ", ".join(one.approver.name for one in said)
    return task.done_by.name if task.done_by else ""


def _whom(task: Task) -> str:
    """Whom a task waits for, in words."""
    if task.kind == Task.Kind.APPROVAL:
        return ", ".join(one.approver.name for one in task.decisions.all() if not one.answer)
    if task.audience == Task.Audience.OWNER and task.ticket.owner:
        return task.ticket.owner.name
    return str(task.user or task.role or task.get_audience_display())
