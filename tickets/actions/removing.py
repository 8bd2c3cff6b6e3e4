"""Off the desk: trash and spam. Nothing is deleted, and both can be taken back."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from core.clock import now
from core.prepared import prepared
from tickets import vocabulary
from tickets.changes import apply, locked, moment
from tickets.events import Cause, record
from tickets.models import Event, Queue, State, StateType, Ticket

TRASHED, SPAM, RESTORED = "ticket.trashed", "ticket.spam", "ticket.restored"


def trash(ticket: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """In no list any more, and nowhere for its customer. None when it is there already, or merged into another."""
    with locked(ticket) as ticket:
        if ticket.is_removed or ticket.merged_into_id:
            return None
        diff = _take_off(ticket, vocabulary.first_state(StateType.REMOVED))
        return record(ticket, TRASHED, by=by, cause=cause, data=diff)


def mark_spam(ticket: Ticket, junk: Queue | None, *, by: User, cause: Cause | None = None) -> Event | None:
    """Nobody asked anything: closed without an answer and put into the queue `junk` where there is one."""
    with locked(ticket) as ticket:
        if ticket.closed_at is not None:
            return None
        unsuccessful = State.objects.active().filter(type=StateType.CLOSED).order_by("-position").first()
        diff = _take_off(ticket, unsuccessful or vocabulary.first_state(StateType.CLOSED))
        if junk is not None:
            diff |= apply(ticket, queue=junk)
        return record(ticket, SPAM, by=by, cause=cause, data=diff)


def taken_off(ticket: Ticket) -> Event | None:
    """What `restore` would take back: the ticket went to the trash or was marked as spam, and still is."""
    if ticket.closed_at is None:
        return None
    last = _marks(ticket.pk)
    if not last or last[0].kind == RESTORED or ticket.state_id != last[0].data["state"]["now"]["id"]:
        return None
    return last[0]


@prepared(int)
def _marks(pk: int) -> QuerySet[Event]:
    """The last of them."""
    marks = Event.objects.filter(ticket=pk, kind__in=(TRASHED, SPAM, RESTORED))
    return marks.select_related("actor", "on_behalf_of").order_by("-id")[:1]


def restore(ticket: Ticket, *, by: User, cause: Cause | None = None) -> Event | None:
    """Take the last of the two back: state, waiting time and queue as they were. None when it is in neither."""
    with locked(ticket) as ticket:
        last = taken_off(ticket)
        if last is None:
            return None
        diff = _put_back(ticket, last)
        return record(ticket, RESTORED, by=by, cause=cause, data=diff)


def _take_off(ticket: Ticket, state: State) -> dict[str, dict]:
    closed_at = ticket.closed_at or now()
    diff = apply(ticket, state=state, closed_at=closed_at, pending_until=None, pending_done=False, is_locked=False)
    return {name: change for name, change in diff.items() if name in ("state", "pending_until", "closed_at")}


def _put_back(ticket: Ticket, event: Event) -> dict[str, dict]:
    was = {name: change["was"] for name, change in event.data.items()}
    values: dict[str, Any] = {"state": State.objects.get(pk=was["state"]["id"])}
    if "queue" in was:
        values["queue"] = Queue.objects.get(pk=was["queue"]["id"])
    for name in ("pending_until", "closed_at"):
        if name in was:
            values[name] = moment(was[name])
    return apply(ticket, **values)
