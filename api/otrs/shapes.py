"""Tickets as OTRS names their facts: ids and stored values are texts, what is worked out now is a number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max, Min

from accounts.models import User
from api.otrs.reading import NOBODY
from core.clock import now
from sla.models import Clock, Kind
from sla.models import State as ClockState
from tickets.models import Event, FieldDefinition, State, StateType, Ticket
from tickets.models.field import FieldKind

STATE_TYPES = {
    StateType.PENDING_REMINDER: "pending reminder",
    StateType.PENDING_AUTO: "pending auto",
}
TIMERS = {
    Kind.FIRST_RESPONSE: ("FirstResponse", "EscalationResponseTime"),
    Kind.NEXT_RESPONSE: ("Update", "EscalationUpdateTime"),
    Kind.SOLUTION: ("Solution", "EscalationSolutionTime"),
}

TIMED = tuple(f"{timer}Time" for timer, _name in TIMERS.values())


@dataclass(frozen=True)
class Beside:
    """What tickets are shown with beside their own rows, asked once for all of them."""

    made_by: Mapping[int, int]
    changed_by: Mapping[int, int]
    clocks: Mapping[int, Sequence[Clock]]

    @classmethod
    def of(cls, tickets: Sequence[Ticket]) -> "Beside":
        ids = [ticket.pk for ticket in tickets]
        first = Event.objects.filter(ticket__in=ids, version=1).values_list("ticket", "actor")
        newest = Event.objects.filter(ticket__in=ids).order_by().values("ticket").annotate(last=Max("id"))
        last = Event.objects.filter(pk__in=[row["last"] for row in newest]).values_list("ticket", "actor")
        clocks: dict[int, list[Clock]] = {}
        for clock in Clock.objects.filter(ticket__in=ids).present():
            clocks.setdefault(clock.ticket_id, []).append(clock)
        return cls(dict(first), dict(last), clocks)


def ticket_shape(ticket: Ticket, beside: Beside, *, for_customer: bool) -> dict[str, Any]:
    """The keys of TicketGet. Customers get nothing of what the desk says among itself."""
    targets = getattr(ticket, "targets", None)
    policy = targets.policy if targets else None
    pending = ticket.pending_until
    shape = {
        "TicketID": str(ticket.pk),
        "TicketNumber": ticket.number,
        "Title": ticket.title,
        **_row("Queue", ticket.queue),
        "GroupID": str(ticket.queue_id),
        **_row("State", ticket.state),
        "StateType": state_type(ticket.state),
        **_row("Priority", ticket.priority),
        **_row("Type", ticket.type),
        **_row("Service", ticket.service),
        **_row("SLA", policy),
        "Lock": "lock" if ticket.is_locked else "unlock",
        "LockID": "2" if ticket.is_locked else "1",
        **_person("Owner", ticket.owner),
        **_person("Responsible", ticket.responsible),
        "CustomerID": str(ticket.organisation or ticket.customer.email),
        "CustomerUserID": ticket.customer.email,
        "Created": moment(ticket.created_at),
        "CreateTimeUnix": unix(ticket.created_at),
        "CreateBy": str(beside.made_by.get(ticket.pk, "")),
        "Changed": moment(ticket.changed_at),
        "ChangeBy": str(beside.changed_by.get(ticket.pk, "")),
        "Age": int((now() - ticket.created_at).total_seconds()),
        "UntilTime": int((pending - now()).total_seconds()) if pending else 0,
        "RealTillTimeNotUsed": unix(pending),
        "UnlockTimeout": "0",
        "ArchiveFlag": "n",
        "TimeUnit": str(ticket.time_spent or ""),
        "EscalationTime": unix(ticket.due_at if not ticket.closed_at else None),
        **_escalation(beside.clocks.get(ticket.pk, ())),
    }
    if not for_customer:
        return shape
    return (
        {name: value for name, value in shape.items() if not name.startswith(TIMED)}
        | _HIDDEN
        | {"Changed": moment(ticket.last_public_at)}
    )


def extended(ticket: Ticket, beside: Beside, first_locks: Mapping[int, datetime]) -> dict[str, Any]:
    """What `Extended` adds: when somebody answered and closed, and by how much that was in time."""
    shape: dict[str, Any] = {}
    if ticket.closed_at:
        shape["Closed"] = moment(ticket.closed_at)
    for clock in beside.clocks.get(ticket.pk, ()):
        name = {Kind.FIRST_RESPONSE: "FirstResponse", Kind.SOLUTION: "Solution"}.get(Kind(clock.kind))
        if name is None or clock.state != ClockState.MET or clock.ended_at is None:
            continue
        shape["FirstResponse" if name == "FirstResponse" else "SolutionTime"] = moment(clock.ended_at)
        shape[f"{name}InMin"] = clock.spent // 60
        shape[f"{name}DiffInMin"] = (clock.target - clock.spent) // 60
    if (first := first_locks.get(ticket.pk)) is not None:
        shape["FirstLock"] = moment(first)
    return shape


def first_locks_of(tickets: Sequence[Ticket]) -> dict[int, datetime]:
    """When each of them was locked first; one query for all."""
    locks = Event.objects.filter(ticket__in=[ticket.pk for ticket in tickets], kind="lock.changed").order_by()
    return dict(locks.values_list("ticket").annotate(Min("at")))


def dynamic_shape(values: Mapping[str, Any], fields: Iterable[FieldDefinition]) -> list[dict[str, Any]]:
    """All fields there are, empty ones as empty texts."""
    return [{"Name": field.key, "Value": _value(field, values.get(field.key))} for field in fields]


def state_type(state: State) -> str:
    return STATE_TYPES.get(StateType(state.type), state.type)


def moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def unix(at: datetime | None) -> str:
    return str(int(at.timestamp())) if at else "0"


def _row(name: str, row: Any) -> dict[str, str]:
    return {name: str(row) if row else "", f"{name}ID": str(row.pk) if row else ""}


def _person(name: str, person: User | None) -> dict[str, str]:
    return {name: person.email if person else NOBODY, f"{name}ID": str(person.pk) if person else "0"}


def _escalation(clocks: Iterable[Clock]) -> dict[str, Any]:
    """The three times of OTRS; "0" where nothing runs."""
    shape: dict[str, Any] = {name: "0" for _timer, name in TIMERS.values()}
    for clock in clocks:
        if clock.kind not in TIMERS or clock.state != ClockState.RUNNING or clock.due_at is None:
            continue
        timer, name = TIMERS[Kind(clock.kind)]
        left = int((clock.due_at - now()).total_seconds())
        shape[name] = unix(clock.due_at)
        shape |= {
            f"{timer}Time": left,
            f"{timer}TimeDestinationTime": unix(clock.due_at),
            f"{timer}TimeDestinationDate": moment(clock.due_at),
            f"{timer}TimeWorkingTime": clock.target - clock.spent,
        }
        if left < 0:
            shape[f"{timer}TimeEscalation"] = 1
    return shape


def _value(field: FieldDefinition, value: Any) -> Any:
    if value is None:
        return [] if field.kind == FieldKind.MULTISELECT else ""
    if field.kind == FieldKind.MULTISELECT:
        return value
    if field.kind == FieldKind.CHECKBOX:
        return str(int(value))
    return f"{value} 00:00:00" if field.kind == FieldKind.DATE else str(value)


# What customers learn nowhere else either (api/v1/shapes.py: INTERNAL).
_ROWS = ("Queue", "Type", "Service", "SLA", "Priority", "Owner", "Responsible")
_HIDDEN = {
    **dict.fromkeys([name for row in _ROWS for name in (row, f"{row}ID")], ""),
    **dict.fromkeys(("ChangeBy", "CreateBy", "TimeUnit", "GroupID", "Lock", "LockID"), ""),
    **dict.fromkeys(["EscalationTime", *(name for _timer, name in TIMERS.values())], "0"),
}
