"""Journals read back: a clock as its journal tells it, the proof that both agree, and the explanation for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla.cases import timer_of
from sla.clocks import Line, Timer, promise_from, replay
from sla.models import CalendarVersion, Clock, Entry, EntryKind
from sla.terms import hours_of
from sla.writing import columns_of
from tickets.models import Event, Ticket


@dataclass(frozen=True)
class Interval:
    """A stretch of a clock's life: what it began with, and what was counted in it by which calendar.

    `end` is None for what still goes on; `seconds` is business time, `total` the sum up to the end.
    """

    kind: EntryKind
    begin: datetime
    end: datetime | None
    counts: bool
    seconds: int
    total: int
    target: int
    calendar: str
    cause: Event | None


@dataclass(frozen=True)
class Step:
    """Something that happens, or has happened, at a mark: "w75", "breach", "l1" (sla/clocks.py)."""

    mark: str
    seconds: int
    told: bool
    # When it was reached, or will be if the clock runs on; None while it stands still.
    at: datetime | None


def explain(clock: Clock, now: datetime) -> Sequence[Interval]:
    """The life of a clock, interval by interval."""
    entries = [entry for entry in _entries(clock) if entry.kind != EntryKind.MARK]
    names = _calendar_names(entries)
    intervals, timer = [], timer_of(clock)
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        if entry.promise:
            calendar, target = names.get(entry.promise["calendar"], ""), entry.promise["target"]
        before = 0 if entry.kind == EntryKind.RENEW else entry.spent
        total = timer.spent_at(now, hours_of) if following is None else following.spent
        if following is not None and following.kind == EntryKind.RENEW:
            total = before
        counts = following is None and clock.state == "running" or total > before
        end = following.at if following else clock.ended_at
        intervals.append(
            Interval(EntryKind(entry.kind), entry.at, end, counts, total - before, total, target, calendar, entry.event)
        )
    return intervals


def steps_of(clock: Clock) -> Sequence[Step]:
    """All that happens when the clock runs on, in order: who is told next is told at the first that was not told."""
    timer = timer_of(clock)
    told = {entry.note: entry.at for entry in _entries(clock) if entry.kind == EntryKind.MARK}
    return [
        Step(
            name,
            seconds,
            told=name in timer.fired,
            at=told.get(name) if name in timer.fired else _reached(timer, seconds),
        )
        for name, seconds in timer.promise.marks
    ]


def from_journal(clock: Clock) -> Timer:
    """The clock as its journal tells it."""
    lines = [
        Line(
            EntryKind(entry.kind),
            entry.at,
            entry.event_id,
            entry.spent,
            promise_from(entry.promise) if entry.promise else None,
            entry.note,
        )
        for entry in _entries(clock)
    ]
    return replay(clock.kind, lines, hours_of)


def disagreements(ticket: Ticket) -> list[str]:
    """Clocks of which stored values and journal differ; empty when all is well."""
    found = []
    for clock in ticket.clocks.order_by("id"):
        timer = from_journal(clock)
        told = columns_of(timer)
        found += [
            f"{clock.kind} {clock.pk}: {name} is {getattr(clock, name)}, its journal says {value}"
            for name, value in told.items()
            if getattr(clock, name) != value
        ]
        sums = [(line.spent, entry.spent) for line, entry in zip(timer.lines, _entries(clock), strict=True)]
        found += [f"{clock.kind} {clock.pk}: {stored} is written, {s} counted" for s, stored in sums if s != stored]
    return found


def _entries(clock: Clock) -> list[Entry]:
    return list(clock.entries.select_related("event__actor", "event__on_behalf_of", "event__article"))


def _reached(timer: Timer, seconds: int) -> datetime | None:
    return timer.reaches(seconds, hours_of) if timer.state == "running" else None


def _calendar_names(entries: Sequence[Entry]) -> dict[int | None, str]:
    versions = {entry.promise["calendar"] for entry in entries if entry.promise}
    rows = CalendarVersion.objects.filter(pk__in=versions - {None}).values_list("id", "calendar__name")
    return dict(rows)
