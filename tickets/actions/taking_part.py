"""Who follows a ticket. Watching grants nothing: whoever loses the right to see it sees nothing more (decision 15)."""

from accounts.models import User
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.models import Event, Ticket


def watch(ticket: Ticket, user: User, *, by: User, cause: Cause | None = None) -> Event | None:
    with locked(ticket) as ticket:
        _watcher, made = ticket.watchers.get_or_create(user=user)
        return _record(ticket, "watcher.added", "now", user, by=by, cause=cause) if made else None


def unwatch(ticket: Ticket, user: User, *, by: User, cause: Cause | None = None) -> Event | None:
    with locked(ticket) as ticket:
        deleted, _rows = ticket.watchers.filter(user=user).delete()
        return _record(ticket, "watcher.removed", "was", user, by=by, cause=cause) if deleted else None


def _record(ticket: Ticket, kind: str, side: str, user: User, *, by: User, cause: Cause | None) -> Event:
    data = {"watcher": {"was": None, "now": None, side: {"id": user.pk, "name": str(user)}}}
    return record(ticket, kind, by=by, cause=cause, data=data)
