"""The only writer of clocks, journals and `Ticket.due_at`. Callers hold the lock on the tickets."""

from collections.abc import Sequence
from typing import Any

from sla.cases import COLUMNS, FACTS, UNPROMISED, Case, values_of
from sla.clocks import Line, Timer
from sla.models import Clock, Entry, EntryKind, TicketTargets
from sla.rows import update_rows
from sla.terms import hours_of
from tickets.models import Ticket

TARGETS_FIELDS = [*FACTS, "policy", "is_chosen", "terms"]
CLOCK_FIELDS = (
    "state",
    "policy",
    "since",
    "calendar",
    "target",
    "spent",
    "counted_at",
    "passed_at",
    "due_at",
    "marks",
    "fired",
    "fires_at",
    "ended_at",
    "lines",
)


def write(cases: Sequence[Case]) -> None:
    """Save what has been moved, with the journals, and the earliest due time of each ticket."""
    _write_targets([case for case in cases if case.targets is not None])
    write_clocks(cases)
    _write_due(cases)


def write_clocks(cases: Sequence[Case]) -> None:
    """Save the clocks that have something new in their journals."""
    timers = [(case, timer) for case in cases for timer in (*case.situation.replaced, *case.situation.timers.values())]
    changed = [(case, timer) for case, timer in timers if timer.lines]
    old = [(_put(case.clocks[timer.pk], timer), timer) for case, timer in changed if timer.pk is not None]
    new = [(_put(Clock(ticket=case.ticket, kind=timer.kind), timer), timer) for case, timer in changed if not timer.pk]
    # What has ended goes first: there is never more than one of a kind that goes on.
    update_rows(
        Clock, CLOCK_FIELDS, [{"pk": clock.pk, **columns_of(timer), "lines": clock.lines} for clock, timer in old]
    )
    if new:
        Clock.objects.bulk_create([clock for clock, _timer in new])
    _write_journals([*old, *new])


def _write_targets(cases: Sequence[Case]) -> None:
    new, old = [], []
    for case in cases:
        assert case.targets is not None
        for name in FACTS:
            setattr(case.targets, name, getattr(case.situation.facts, name))
        if not case.stored:
            new.append(case.targets)
        elif case.stored != values_of(case.targets):
            old.append(case.targets)
        case.stored = values_of(case.targets)
    if new:
        TicketTargets.objects.bulk_create(new)
    changed = [{"pk": row.pk, **dict(zip(COLUMNS, values_of(row), strict=True))} for row in old]
    update_rows(TicketTargets, TARGETS_FIELDS, changed)


def _put(clock: Clock, timer: Timer) -> Clock:
    for name, value in columns_of(timer).items():
        setattr(clock, name, value)
    clock.lines += len(timer.lines)
    return clock


def columns_of(timer: Timer) -> dict[str, Any]:
    """A clock's columns as its timer stands."""
    promise = timer.promise
    return {
        "state": timer.state,
        "since": timer.since,
        "policy_id": promise.policy,
        "calendar_id": promise.calendar,
        "target": promise.target,
        "marks": [list(mark) for mark in promise.marks],
        "spent": timer.spent,
        "counted_at": timer.counted_at,
        "passed_at": timer.passed_at,
        "fired": list(timer.fired),
        "ended_at": timer.ended_at,
        "due_at": timer.due_at(hours_of),
        "fires_at": timer.fires_at(hours_of),
    }


def _write_journals(written: Sequence[tuple[Clock, Timer]]) -> None:
    entries = [
        _entry(clock, clock.lines - len(timer.lines) + number, line)
        for clock, timer in written
        for number, line in enumerate(timer.lines, start=1)
    ]
    Entry.objects.bulk_create(entries)
    for clock, timer in written:
        timer.pk, timer.lines = clock.pk, []


def _entry(clock: Clock, position: int, line: Line) -> Entry:
    return Entry(
        clock=clock,
        position=position,
        kind=EntryKind(line.kind),
        at=line.at,
        event_id=line.event,
        spent=line.spent,
        promise=line.promise.as_json() if line.promise else None,
        note=line.note,
    )


def _write_due(cases: Sequence[Case]) -> None:
    """The earliest of what is promised, on the tickets' rows: no event, no version, no change of the ticket."""
    changed = []
    for case in cases:
        dues = (timer.due_at(hours_of) for timer in case.situation.going() if timer.kind not in UNPROMISED)
        due_at = min((due for due in dues if due is not None), default=None)
        if case.ticket.due_at != due_at:
            case.ticket.due_at = due_at
            changed.append({"pk": case.ticket.pk, "due_at": due_at})
    update_rows(Ticket, ["due_at"], changed)
