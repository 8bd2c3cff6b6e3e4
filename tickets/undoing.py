"""Taking back a single change of a ticket: the property is as it was before, unless somebody has changed it since."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import User
from tickets.changes import locked
from tickets.events import DESK, Cause
from tickets.models import Event
from tickets.steps import STEPS, do

# The step (tickets/steps.py) whose undoing belongs to this kind of event.
_STEP_OF: Mapping[str, str] = {
    "owner.changed": "assign",
    "responsible.changed": "responsible",
    "queue.changed": "move",
    "state.changed": "state",
    "ticket.closed": "state",
    "ticket.reopened": "state",
    "priority.changed": "priority",
    "rating.changed": "rate",
    "type.changed": "type",
    "service.changed": "service",
    "tags.changed": "tag",
    "title.changed": "title",
    "customer.changed": "customer",
    "fields.changed": "fields",
}
KINDS = frozenset(_STEP_OF)


def can_be_undone(event: Event) -> bool:
    return event.kind in KINDS


def steps_back(event: Event) -> list[dict[str, Any]]:
    """The steps that take an event back; none where it cannot be."""
    step = STEPS.get(_STEP_OF.get(event.kind, ""))
    return step.undo(event) if step and step.undo else []


def undo_together(events: Sequence[Event], *, by: User, cause: Cause = DESK) -> bool:
    """Put back what several events of one transaction have changed, the last first; what cannot be undone stays.

    Raises as `undo` does; then nothing is put back.
    """
    able = [event for event in events if can_be_undone(event)]
    if not able:
        return False
    fields = {field for event in able for field in STEPS[_STEP_OF[event.kind]].fields}
    changed = False
    with locked(able[-1].ticket, seen=able[-1].version, fields=fields) as ticket:
        for back in [back for event in reversed(able) for back in steps_back(event)]:
            changed = do(back, ticket, by=by, cause=cause)[0] or changed
            ticket.refresh_from_db()
    return changed


def undo(event: Event, *, by: User, cause: Cause = DESK) -> bool:
    """Put back what `event` changed; whether there was anything left to put back.

    Raises `Stale` with what came since when the same was changed again, and `steps.Refused` when it is not possible any
    more: the right is gone, the former owner may not see the ticket, the former queue is closed.
    """
    step = STEPS[_STEP_OF[event.kind]]
    changed = False
    with locked(event.ticket, seen=event.version, fields=step.fields) as ticket:
        for back in step.undo(event) if step.undo else []:
            changed = do(back, ticket, by=by, cause=cause)[0] or changed
            ticket.refresh_from_db()
    return changed
