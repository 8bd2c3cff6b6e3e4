"""Messages reach runs that wait for them; times that have come, too."""

from contextlib import suppress
from functools import partial

from accounts.models import User
from core.work import wake
from processes import approving, sentences
from processes.drawing import Trigger
from processes.engine import Engine
from processes.models import Impulse, Run, Task, Timer
from processes.moving import Mover, moving
from processes.refusals import Refused
from tickets.events import Cause
from tickets.models import Event, Ticket


def deliver(ticket: Ticket, name: str, *, by: User, cause: Cause | None = None) -> int:
    """Give a message to all runs on the ticket that wait for it; how many did."""
    waiting = Run.objects.active().filter(ticket=ticket, awaits__contains=[name]).order_by("pk")
    return sum(_receive(run, name, by=by, cause=cause) for run in waiting)


def order(ticket: Ticket, name: str, *, event: Event, by: User) -> bool:
    """Have it delivered in a transaction of its own, once for this event; false when nobody waits for it."""
    if not Run.objects.active().filter(ticket=ticket, awaits__contains=[name]).exists():
        return False
    duty, is_new = Impulse.objects.get_or_create(
        event=event,
        kind=Impulse.Kind.MESSAGE,
        name=name,
        sender="",
        process=None,
        defaults={"ticket": ticket, "by": by},
    )
    if is_new:
        wake(duty)
    return is_new


def ring(timer: Timer) -> None:
    """A time has come. What waits for it no more is left alone; the row goes with what waited for it."""
    with moving(timer.run) as mover:
        row = Timer.objects.filter(pk=timer.pk).select_related("approval").first()
        if row is None or not mover.run.is_active:
            return
        if row.due_at != timer.due_at:  # the date it stands on has changed since it was found
            timer.due_at = row.due_at
            return
        row.delete()
        if row.kind == Timer.Kind.EVENT:
            _pass(mover, row)
        elif row.approval is not None and row.approval.is_open:
            _press(mover, row, row.approval)


def _pass(mover: Mover, timer: Timer) -> None:
    place = mover.engine.plan.places[timer.element]
    if not mover.ask(lambda engine: engine.signal(timer.instance, timer.element)):
        return
    cause = Cause("clock")
    mover.run.event = mover.record(sentences.PASSED, by=mover.actor, cause=cause, step=mover.step(place))
    mover.go()


def _press(mover: Mover, timer: Timer, task: Task) -> None:
    task.ticket, task.run = mover.ticket, mover.run
    if timer.kind == Timer.Kind.REMINDER:
        approving.remind(mover, task)
        return
    late = approving.setting_of(mover, task).get("late", "decline")
    with suppress(Refused):
        approving.end(mover, task, "approved" if late == "approve" else "declined", cause=Cause("clock"))


def _receive(run: Run, name: str, *, by: User, cause: Cause | None) -> bool:
    with moving(run) as mover:
        if not mover.run.is_active:
            return False
        found = [
            (waiting.instance, place.id)
            for waiting in mover.engine.events()
            for place in waiting.signals
            if place.element.trigger is Trigger.MESSAGE and place.element.text == name
        ]
        if not found:
            return False
        mover.run.event = mover.record(sentences.RECEIVED, by=by, cause=cause, message=name)
        for instance, element in found:
            mover.ask(partial(Engine.signal, instance=instance, element=element))
        mover.go()
        return True
