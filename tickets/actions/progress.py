"""How far a ticket is: state, waiting time, priority."""

from datetime import datetime

from accounts.models import User
from core.clock import now
from tickets import customfields
from tickets.changes import apply, locked, refuse_if_merged
from tickets.events import Cause, record
from tickets.models import Event, FieldDefinition, MatrixCell, Priority, State, StateType, Ticket
from tickets.vocabulary import first_state


class ClosingFieldsMissing(ValueError):
    """Some custom fields must be filled in before a ticket is closed; `fields` are their definitions."""

    def __init__(self, fields: list[FieldDefinition]):
        super().__init__(", ".join(field.key for field in fields))
        self.fields = fields


class PendingTimeMissing(ValueError):
    """A pending state needs a time at which it reminds or goes on."""


def set_state(
    ticket: Ticket,
    state: State,
    *,
    until: datetime | None = None,
    by: User,
    cause: Cause | None = None,
    seen: int | None = None,
) -> Event | None:
    """Put the ticket into `state`; a pending state takes the time `until`, every other one clears it.

    A final state sets `closed_at` and unlocks. Raises `PendingTimeMissing`; `ClosingFieldsMissing` when it is closed
    without the fields that this takes; `Refused` when the ticket is merged into another; `Stale` when the state has
    changed since version `seen`.
    """
    if state.is_pending and until is None:
        raise PendingTimeMissing
    with locked(ticket, seen=seen, fields=("state", "pending_until")) as ticket:
        until = until if state.is_pending else None
        if ticket.state_id == state.pk and ticket.pending_until == until:
            return None
        refuse_if_merged(ticket)
        if state.type == StateType.CLOSED:
            _refuse_without_fields(ticket)
        return _put(ticket, state, until, by=by, cause=cause)


def solve(ticket: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """The customer says that it is solved. What agents fill in before they close is not asked of customers.

    None when it is off the desk already.
    """
    with locked(ticket) as ticket:
        if ticket.closed_at is not None:
            return None
        return _put(ticket, first_state(StateType.CLOSED), None, by=by, cause=cause)


def set_priority(
    ticket: Ticket, priority: Priority, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Raises `Stale` when the priority has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("priority",)) as ticket:
        diff = apply(ticket, priority=priority)
        return record(ticket, "priority.changed", by=by, cause=cause, data=diff) if diff else None


def rate(
    ticket: Ticket,
    impact: int | None,
    urgency: int | None,
    *,
    by: User,
    cause: Cause | None = None,
    seen: int | None = None,
) -> Event | None:
    """How much is affected and how soon it hurts (1 to 3 each); together they give the priority, by the matrix.

    Raises `Stale` when impact, urgency or priority have changed since version `seen`.
    """
    with locked(ticket, seen=seen, fields=("impact", "urgency", "priority")) as ticket:
        diff = apply(ticket, impact=impact, urgency=urgency, priority=_by_matrix(impact, urgency) or ticket.priority)
        return record(ticket, "rating.changed", by=by, cause=cause, data=diff) if diff else None


def _by_matrix(impact: int | None, urgency: int | None) -> Priority | None:
    if impact is None or urgency is None:
        return None
    cell = MatrixCell.objects.select_related("priority").filter(impact=impact, urgency=urgency).first()
    return cell.priority if cell else None


def wake_up(ticket: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """The waiting time is over: a pending auto state goes to its next state, a pending reminder reminds, once."""
    with locked(ticket) as ticket:
        if ticket.pending_until is None or ticket.pending_done or ticket.pending_until > now():
            return None
        if ticket.state.type == StateType.PENDING_AUTO and ticket.state.next_state:
            try:
                return set_state(ticket, ticket.state.next_state, by=by, cause=cause)
            except ClosingFieldsMissing:
                pass  # nobody is there to fill them in: it reminds instead
        apply(ticket, pending_done=True)
        return record(ticket, "pending.reached", by=by, cause=cause)


def _put(ticket: Ticket, state: State, until: datetime | None, *, by: User, cause: Cause | None) -> Event:
    """A locked ticket into another state, or to wait until another time."""
    closed_at = (ticket.closed_at or now()) if state.is_final else None
    was_final = ticket.state.is_final
    diff = apply(ticket, state=state, pending_until=until, closed_at=closed_at, pending_done=False)
    if state.is_final:
        diff |= apply(ticket, is_locked=False)
    for internal in ("closed_at", "pending_done"):
        diff.pop(internal, None)
    return record(ticket, _kind(state, was_final=was_final), by=by, cause=cause, data=diff)


def missing_to_close(ticket: Ticket) -> list[FieldDefinition]:
    """The custom fields that must be filled in before this ticket can be closed."""
    required = customfields.fields_for(ticket.queue, ticket.type).filter(to_close=True)
    return [field for field in required if ticket.custom_fields.get(field.key) in (None, "", [])]


def _refuse_without_fields(ticket: Ticket) -> None:
    missing = missing_to_close(ticket)
    if missing:
        raise ClosingFieldsMissing(missing)


def _kind(state: State, *, was_final: bool) -> str:
    if state.type == StateType.CLOSED:
        return "ticket.closed"
    if was_final and not state.is_final:
        return "ticket.reopened"
    return "state.changed"
