"""Where a ticket is and whose it is: queue, owner, responsible."""

from accounts.models import User
from tickets.changes import apply, locked
from tickets.events import Cause, record
from tickets.models import Event, Queue, Ticket


def move(
    ticket: Ticket, queue: Queue, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Put the ticket into another queue. Raises `Stale` when the queue has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("queue",)) as ticket:
        diff = apply(ticket, queue=queue)
        return record(ticket, "queue.changed", by=by, cause=cause, data=diff) if diff else None


def assign(
    ticket: Ticket, owner: User | None, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Give the ticket to `owner`, or to nobody. Raises `Stale` when the owner has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("owner",)) as ticket:
        diff = apply(ticket, owner=owner)
        return record(ticket, "owner.changed", by=by, cause=cause, data=diff) if diff else None


def claim(ticket: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """`by` takes a ticket that nobody has; whoever was faster keeps it."""
    with locked(ticket) as ticket:
        if ticket.owner_id is not None:
            return None
        return assign(ticket, by, by=by, cause=cause)


def lock(
    ticket: Ticket, *, owner: User | None = None, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """`owner`, `by` where nobody is named, works it now: the ticket is theirs and locked. Raises `Stale` when somebody
    else took it."""
    with locked(ticket, seen=seen, fields=("owner", "is_locked")) as ticket:
        diff = apply(ticket, is_locked=True, owner=owner or by)
        return record(ticket, "lock.changed", by=by, cause=cause, data=diff) if diff else None


def unlock(ticket: Ticket, *, by: User, cause: Cause | None = None, seen: int | None = None) -> Event | None:
    """Others may take it again; the owner stays. Raises `Stale` when the lock has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("is_locked",)) as ticket:
        diff = apply(ticket, is_locked=False)
        return record(ticket, "lock.changed", by=by, cause=cause, data=diff) if diff else None


def make_responsible(
    ticket: Ticket, responsible: User | None, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> Event | None:
    """Who answers for the ticket. Raises `Stale` when that has changed since version `seen`."""
    with locked(ticket, seen=seen, fields=("responsible",)) as ticket:
        diff = apply(ticket, responsible=responsible)
        return record(ticket, "responsible.changed", by=by, cause=cause, data=diff) if diff else None
