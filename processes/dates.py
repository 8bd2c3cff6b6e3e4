"""Timers on a date in a field follow the field: another date is another time, and without one they wait for it."""

from collections.abc import Collection
from typing import Any

from accounts.people import system_actor
from processes import sentences, timing
from processes.drawing import Element
from processes.models import Run, Timer
from processes.plans import plan_of
from processes.words import for_history, name_of
from tickets.events import Cause, record
from tickets.models import Event, Ticket

CODE = "time"


def field_of(element: Element) -> str:
    """The key of the field that a timer stands on; empty for all others."""
    setting = element.settings.get("timer") or {}
    return str(setting.get("field") or "")


def follow(event: Event) -> None:
    """Row by row, without moving a run: what is due now is found by the next sweep."""
    changed = _changed(event)
    if not changed:
        return
    timers = Timer.objects.filter(run__ticket=event.ticket, run__ended_at=None, kind=Timer.Kind.EVENT)
    for timer in timers.select_related("run__version__process").order_by("pk"):
        place = plan_of(timer.run).places.get(timer.element)
        if place is not None and field_of(place.element) in changed:
            _move(timer, place.element, event)


def _changed(event: Event) -> Collection[str]:
    """The keys of the custom fields that an event has changed."""
    sides: Any = event.data.get("custom_fields") or {}
    was, now = sides.get("was") or {}, sides.get("now") or {}
    return {key for key in {*was, *now} if was.get(key) != now.get(key)}


def _move(timer: Timer, element: Element, event: Event) -> None:
    run, due, problem = timer.run, None, ""
    try:
        due = timing.at_field(element.settings["timer"], event.ticket)
    except timing.NoTime as error:
        problem = str(error)
    if due == timer.due_at:
        return
    timer.due_at = due
    timer.save(update_fields=["due_at"])
    if due is None:
        _hold(run, timer, element, problem, event)
    else:
        _release(run, timer)
        _record(event.ticket, sentences.MOVED, run, element, event, until=due.isoformat())


def _hold(run: Run, timer: Timer, element: Element, problem: str, event: Event) -> None:
    """Somebody has to know that it waits for a date that nobody has given."""
    if run.problem:
        return
    why = {"element": timer.element, "code": CODE, "text": problem}
    run.problem, run.state = why, Run.State.STUCK
    run.save(update_fields=["problem", "state"])
    _record(event.ticket, sentences.STUCK, run, element, event, why=why)


def _release(run: Run, timer: Timer) -> None:
    if run.problem.get("code") == CODE and run.problem.get("element") == timer.element:
        run.problem, run.state = {}, Run.State.GOING
        run.save(update_fields=["problem", "state"])


def _record(ticket: Ticket, kind: str, run: Run, element: Element, event: Event, **data: Any) -> None:
    process = run.version.process
    told = {
        "process": for_history(process.pk, process.name, process.names),
        "step": for_history(element.id, name_of(element, "en"), element.settings.get("names")),
        **data,
    }
    cause = Cause("process", str(run.pk), event=event)
    values = {name: {"was": None, "now": value} for name, value in told.items()}
    record(ticket, kind, by=system_actor("processes"), cause=cause, data=values)
