"""After a run has moved: its tasks, timers and state are brought in line with where its tokens are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.clock import now
from processes import approving, calling, sentences, timing
from processes.compiling import Place
from processes.drawing import Kind, Trigger
from processes.hosting import Waiting
from processes.models import Run, Task, Timer
from processes.notices import told_of
from processes.people import doers_of

if TYPE_CHECKING:
    from processes.moving import Mover

Problem = dict[str, str]
# A run waits for so many people at the same time, at most.
MOST_TASKS = 50


def settle(mover: "Mover", problem: Problem) -> None:
    """Make what tokens wait for, drop what they wait for no more, and save the run."""
    run, was_stuck = mover.run, mover.run.problem
    # Both always: a step that fails leaves nothing open that is waited for no more, and the other ways go on.
    unasked, untimed = _work(mover), _events(mover)
    problem = problem or unasked or untimed
    run.data["tokens"] = mover.engine.tokens()
    run.problem = problem
    run.state = Run.State.STUCK if problem else Run.State.GOING
    if mover.engine.is_over and not problem:
        run.state, run.ended_at, run.awaits = Run.State.DONE, now(), []
    run.save(update_fields=["data", "problem", "state", "ended_at", "awaits", "outcomes", "event"])
    if problem and problem != was_stuck:
        place = mover.engine.plan.places.get(problem["element"])
        step = mover.step(place) if place else {"id": "", "name": ""}
        mover.record(sentences.STUCK, by=mover.actor, step=step, why=problem)
    if run.state == Run.State.DONE:
        mover.record(sentences.ENDED, by=mover.actor)


def close(run: Run) -> None:
    """Nothing of it waits any more."""
    run.tasks.open().update(state=Task.State.CANCELLED, done_at=now())
    run.timers.all().delete()
    run.awaits = []


def _work(mover: "Mover") -> Problem:
    """A task for each token that waits for people."""
    known = {task.instance: task for task in mover.run.tasks.open()}
    problem: Problem = {}
    waiting = mover.engine.work()
    if len(waiting) > MOST_TASKS:  # ways that split and lead back
        return {"element": waiting[0].place.id, "code": "endless", "text": ""}
    for one in waiting:
        task = known.get(one.instance)
        if task is None:
            problem = _open(mover, one) or problem
        elif task.kind == Task.Kind.APPROVAL:
            problem = approving.begin_again(mover, task, one.place) or problem
    gone = set(known) - {one.instance for one in waiting}
    if gone:
        mover.run.tasks.open().filter(instance__in=gone).update(state=Task.State.CANCELLED, done_at=now())
        mover.run.timers.filter(instance__in=gone, approval__isnull=False).delete()
    return problem


def _open(mover: "Mover", waiting: Waiting) -> Problem:
    place = waiting.place
    settings = place.element.settings
    try:
        due = timing.after(settings["due"], mover.ticket, now()) if settings.get("due") else None
    except timing.NoTime:
        due = None
    task = Task(run=mover.run, ticket_id=mover.run.ticket_id, element=place.id, instance=waiting.instance, due_at=due)
    if "approval" in settings:
        return approving.begin(mover, task, place)
    doers = doers_of(settings.get("who", {}), mover.ticket)
    task.kind = Task.Kind.MANUAL if place.element.kind == Kind.MANUAL else Task.Kind.FORM
    task.audience, task.user, task.role = doers.audience, doers.user, doers.role
    task.save()
    calling.call(task, place.element, mover.ticket)
    whom = str(task.user or task.role or task.get_audience_display())
    who = {"whom": {"id": task.pk, "name": whom}, **told_of(task)}
    mover.record(sentences.ASKED, by=mover.actor, step=mover.step(place), **who)
    return {}


def _events(mover: "Mover") -> Problem:
    """A timer for each time that is waited for, and the names of the messages."""
    run = mover.run
    known = {(timer.instance, timer.element): timer for timer in run.timers.all() if timer.kind == Timer.Kind.EVENT}
    problem: Problem = {}
    needed = set()
    messages = set()
    for waiting in mover.engine.events():
        for place in waiting.signals:
            if place.element.trigger is Trigger.MESSAGE:
                messages.add(place.element.text)
            elif place.element.trigger is Trigger.TIMER:
                needed.add((waiting.instance, place.id))
                timer = known.get((waiting.instance, place.id))
                if timer is None or timer.due_at is None:
                    problem = _set_timer(mover, waiting, place, timer) or problem
    gone = [timer.pk for key, timer in known.items() if key not in needed]
    if gone:
        run.timers.filter(pk__in=gone).delete()
    if messages != set(run.awaits):
        run.awaits = sorted(messages)
    return problem


def _set_timer(mover: "Mover", waiting: Waiting, place: Place, timer: Timer | None) -> Problem:
    """Where a field has no date the timer waits for one (processes/dates.py)."""
    problem: Problem = {}
    timer = timer or Timer(run=mover.run, instance=waiting.instance, element=place.id)
    try:
        timer.due_at = _due(place, mover)
    except timing.NoTime as error:
        timer.due_at = None
        problem = {"element": place.id, "code": "time", "text": str(error)}
    timer.save()
    return problem


def _due(place: Place, mover: "Mover") -> Any:
    element, ticket = place.element, mover.ticket
    setting: Mapping[str, Any] | None = element.settings.get("timer")
    if setting is None:
        is_date = element.timer == "date"
        return timing.iso_moment(element.text) if is_date else now() + timing.iso_span(element.text)
    if "field" in setting:
        return timing.at_field(setting, ticket)
    if "at" in setting:
        return timing.iso_moment(str(setting["at"]))
    return timing.after(setting, ticket, now())
