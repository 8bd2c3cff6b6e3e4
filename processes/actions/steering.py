"""Interfering with a run: cancel it, move it to another step, have it try again. A right on the ticket and a reason."""

from accounts.models import User
from core.clock import now
from core.text import clean_line
from processes import sentences
from processes.drawing import Drawing, Element, Kind
from processes.models import Run
from processes.moving import Mover, moving
from processes.plans import drawing_of
from processes.refusals import Refused
from processes.settling import close
from tickets.events import Cause

# Where a run can be moved to: steps that a token can stand at by itself.
_TARGETS = (Kind.USER, Kind.MANUAL, Kind.SERVICE, Kind.SEND, Kind.CATCH, Kind.RECEIVE, Kind.SUB_PROCESS, Kind.CALL)


def cancel(run: Run, *, reason: str, by: User, cause: Cause | None = None) -> Run:
    """Nothing more happens with it, and nobody is asked any more. Raises `Refused`."""
    with moving(run) as mover:
        _refuse(mover, reason)
        end(mover, reason=reason, by=by, cause=cause)
        return mover.run


def end(mover: Mover, *, reason: str, by: User, cause: Cause | None = None) -> None:
    """Of a run that is locked."""
    close(mover.run)
    mover.run.state, mover.run.ended_at, mover.run.problem = Run.State.CANCELLED, now(), {}
    mover.run.save(update_fields=["state", "ended_at", "problem", "awaits"])
    mover.record(sentences.CANCELLED, by=by, cause=cause, reason=clean_line(reason, 500))


def jump(run: Run, element: str, *, reason: str, by: User, cause: Cause | None = None) -> Run:
    """Everything that the run waits for is dropped, and it goes on at this step alone. Raises `Refused`."""
    with moving(run) as mover:
        _refuse(mover, reason)
        place = mover.engine.plan.places.get(element)
        if place is None or element not in {one.id for one in targets(mover.run)}:
            raise Refused("target")
        close(mover.run)
        mover.run.event = mover.record(
            sentences.JUMPED, by=by, cause=cause, step=mover.step(place), reason=clean_line(reason, 500)
        )
        mover.ask(lambda engine: engine.jump(element))
        mover.go()
        return mover.run


def retry(run: Run, *, by: User, cause: Cause | None = None) -> Run:
    """A run that is stuck tries once more; nothing happens to one that is not. Raises `Refused`."""
    with moving(run) as mover:
        if not mover.run.is_active:
            raise Refused("ended")
        if mover.run.state == Run.State.STUCK:
            mover.run.problem = {}
            mover.run.event = mover.record(sentences.RETRIED, by=by, cause=cause)
            mover.go()
        return mover.run


def targets(run: Run) -> list[Element]:
    """The steps at the top to which it can be moved: those after which no gateway would wait for ways not taken."""
    drawing = drawing_of(run.version)
    return [one for one in drawing.inside("") if one.kind in _TARGETS and _is_free(drawing, one)]


def _is_free(drawing: Drawing, target: Element) -> bool:
    reached = _reached(drawing, target.id)
    joins = [drawing.by_id[pk] for pk in reached if drawing.by_id[pk].kind == Kind.PARALLEL]
    return all(flow.source in reached for join in joins for flow in drawing.flows_to(join.id))


def _reached(drawing: Drawing, start: str) -> set[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        current = todo.pop()
        if current not in found and current in drawing.by_id:
            found.add(current)
            todo += [flow.target for flow in drawing.flows_from(current)]
            todo += [event.id for event in drawing.boundaries_of(current)]
    return found


def _refuse(mover: Mover, reason: str) -> None:
    if not mover.run.is_active:
        raise Refused("ended")
    if not clean_line(reason, 500):
        raise Refused("reason")
