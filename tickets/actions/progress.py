"""How far a ticket is: state, waiting time, priority."""

from datetime import datetime

from accounts.models import User
from core.clock import now
from tickets.changes import apply, locked
from tickets.events import Cause, record
from tickets.models import Event, Priority, State, StateType, Ticket


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

    A final state sets `closed_at` and unlocks. Raises `PendingTimeMissing`, or `Stale` when the state has changed
    since version `seen`.
    """
    if state.is_pending and until is None:
        raise PendingTimeMissing
    with locked(ticket, seen=seen, fields=("state", "pending_until")) as ticket:
        until = until if state.is_pending else None
        if ticket.state_id == state.pk and ticket.pending_until == until:
            return None
        closed_at = (ticket.closed_at or now()) if state.is_final else None
        was_final = ticket.state.is_final
        diff = apply(ticket, state=state, pending_until=until, closed_at=closed_at, pending_done=False)
        if state.is_final:
            diff |= apply(ticket, is_locked=False)
        for internal in ("closed_at", "pending_done"):
            diff.pop(internal, None)
        return record(ticket, _kind(state, was_final=was_final), by=by, cause=cause, data=diff)


def set_priority(
    ticket: Ticket, priority: Priority, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Raises `Stale` when the priority has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("priority",)) as ticket:
        diff = apply(ticket, priority=priority)
        return record(ticket, "priority.changed", by=by, cause=cause, data=diff) if diff else None


def wake_up(ticket: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """The waiting time is over: a pending auto state goes to its next state, a pending reminder reminds, once."""
    with locked(ticket) as ticket:
        if ticket.pending_until is None or ticket.pending_done or ticket.pending_until > now():
            return None
        if ticket.state.type == StateType.PENDING_AUTO and ticket.state.next_state:
            return set_state(ticket, ticket.state.next_state, by=by, cause=cause)
        apply(ticket, pending_done=True)
        return record(ticket, "pending.reached", by=by, cause=cause)


def _kind(state: State, *, was_final: bool) -> str:
    if state.type == StateType.CLOSED:
        return "ticket.closed"
    if was_final and not state.is_final:
        return "ticket.reopened"
    return "state.changed"
