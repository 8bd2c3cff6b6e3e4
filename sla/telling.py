"""What clocks tell of: the marks they have reached, and that another SLA is that of the ticket. Each is an event."""

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.people import system_actor
from core.clock import now
from sla.cases import UNPROMISED, Case
from sla.clocks import BREACH, Timer
from sla.models import Policy
from sla.terms import hours_of
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.models import Event


def fire_before(case: Case, event: Event) -> None:
    """Whatever should have been told before this event, and has not been, is told first: nothing goes unseen because
    workers were away while people were not."""
    if not _waiting(case, event.at):
        return
    with locked(event.ticket) as ticket:
        case.ticket = ticket
        fire_due(case, event.at, cause=Cause("clock", event=event))
    event.ticket.version, event.ticket.chain = ticket.version, ticket.chain
    case.ticket = event.ticket


def fire_due(case: Case, at: datetime, *, cause: Cause) -> None:
    """Tell of every mark that was reached before `at` and that nobody has been told of, in order."""
    while waiting := _waiting(case, at):
        when, timer = min(waiting, key=lambda each: each[0])
        tell(case, timer, when, by=system_actor("sla"), cause=cause)


def _waiting(case: Case, at: datetime) -> list[tuple[datetime, Timer]]:
    going = [timer for timer in case.situation.going() if timer.kind not in UNPROMISED]
    marks = [(timer.fires_at(hours_of), timer) for timer in going]
    return [(when, timer) for when, timer in marks if when is not None and when <= at]


def tell(case: Case, timer: Timer, when: datetime, *, by: User, cause: Cause) -> Event | None:
    """Record that the next mark of a clock was reached. Unlocking is told of by what it does."""
    mark = timer.next_mark()
    assert mark is not None
    event = None
    if timer.kind not in UNPROMISED:
        event = record(case.ticket, _event_kind(mark[0]), by=by, cause=cause, data=_said(timer, mark[0], when))
    at = (event.at if event else now()).replace(microsecond=0)
    timer.fire(mark[0], at, hours_of, event=event.pk if event else None)
    return event


def tell_of_policy(case: Case, was: int | None, *, cause: Cause) -> Event:
    """Record that another SLA is that of the ticket."""
    assert case.targets is not None
    names = dict(Policy.objects.filter(pk__in=[was, case.targets.policy_id]).values_list("id", "name"))
    change = {
        side: {"id": pk, "name": names[pk]} if pk else None
        for side, pk in (("was", was), ("now", case.targets.policy_id))
    }
    return record(case.ticket, "sla.changed", by=system_actor("sla"), cause=cause, data={"sla": change})


def _event_kind(mark: str) -> str:
    if mark == BREACH:
        return "sla.breached"
    return "sla.warned" if mark.startswith("w") else "sla.escalated"


def _said(timer: Timer, mark: str, when: datetime) -> dict[str, Any]:
    said: dict[str, Any] = {"clock": timer.kind, "due": when.isoformat(), "target": timer.promise.target}
    if mark != BREACH:
        said["percent" if mark.startswith("w") else "level"] = int(mark[1:])
    return {name: {"was": None, "now": value} for name, value in said.items()}
