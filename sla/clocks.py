"""One clock as a value: it counts business time, pauses, ends, and writes down what it does. Pure.

Whoever moves it says at what moment and because of which event. Everything that changes its numbers is an entry of its
journal, so that `replay` of the journal gives the same clock again. Moments are whole seconds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sla.hours import Hours
from sla.models.clock import EntryKind, State

Calendars = Callable[[int | None], Hours]
Marks = tuple[tuple[str, int], ...]

BREACH = "breach"
GOING = (State.RUNNING, State.PAUSED)


@dataclass(frozen=True)
class Promise:
    """So many seconds in the hours of one version of a calendar, and what happens after how many of them."""

    target: int
    calendar: int | None
    marks: Marks
    policy: int | None = None

    def as_json(self) -> dict[str, Any]:
        marks = [list(mark) for mark in self.marks]
        return {"target": self.target, "calendar": self.calendar, "marks": marks, "policy": self.policy}


def promise_from(data: dict[str, Any]) -> Promise:
    marks = tuple((name, seconds) for name, seconds in data["marks"])
    return Promise(data["target"], data["calendar"], marks, data["policy"])


def marks_of(target: int, *, warnings: Iterable[int] = (), levels: Iterable[int] = ()) -> Marks:
    """Warnings by percent of the target, the breach, and levels by seconds after it, in the order of time."""
    early = [(f"w{percent}", target * percent // 100) for percent in sorted(set(warnings))]
    late = [(f"l{number}", target + after) for number, after in enumerate(sorted(set(levels)), start=1)]
    return (*early, (BREACH, target), *late)


@dataclass(frozen=True)
class Line:
    """An entry of the journal before it is a row."""

    kind: EntryKind
    at: datetime
    event: int | None
    spent: int
    promise: Promise | None = None
    note: str = ""


@dataclass
class Timer:
    """A clock. `spent` is what had been used up at `counted_at`; `lines` are the entries since it was loaded."""

    kind: str
    since: datetime
    promise: Promise
    state: State
    counted_at: datetime
    spent: int = 0
    passed_at: datetime | None = None
    fired: tuple[str, ...] = ()
    ended_at: datetime | None = None
    pk: int | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def is_going(self) -> bool:
        return self.state in GOING

    # ---- what it says

    def due_at(self, calendars: Calendars) -> datetime | None:
        """When the target is used up, or was; None while it stands still."""
        if self.state != State.RUNNING:
            return None
        return self.passed_at or self.reaches(self.promise.target, calendars)

    def next_mark(self) -> tuple[str, int] | None:
        return next(((name, seconds) for name, seconds in self.promise.marks if name not in self.fired), None)

    def fires_at(self, calendars: Calendars) -> datetime | None:
        """When the next mark is reached, or was; None while it stands still or nothing is left to tell."""
        mark = self.next_mark()
        if self.state != State.RUNNING or mark is None:
            return None
        return self.reaches(mark[1], calendars)

    def reaches(self, seconds: int, calendars: Calendars) -> datetime | None:
        """When so much will have been spent if it runs on; the moment of the last count when it was before."""
        return self._hours(calendars).add(self.counted_at, seconds - self.spent)

    def spent_at(self, at: datetime, calendars: Calendars) -> int:
        if self.state != State.RUNNING:
            return self.spent
        return self.spent + int(self._hours(calendars).between(self.counted_at, at))

    # ---- what happens to it

    def pause(self, at: datetime, calendars: Calendars, *, event: int | None) -> None:
        self._count(at, calendars)
        self.state = State.PAUSED
        self._write(EntryKind.PAUSE, at, event)

    def resume(self, at: datetime, *, event: int | None) -> None:
        """Go on from here: what has passed meanwhile does not count."""
        self.state, self.ended_at = State.RUNNING, None
        self.counted_at = max(at, self.counted_at)
        self._write(EntryKind.RESUME, at, event)

    def revoke(self, at: datetime, *, event: int | None) -> None:
        """What ended it has been taken back: it has been running all the time, since `at`, its end."""
        self.state, self.ended_at = State.RUNNING, None
        self.counted_at = max(at, self.counted_at)
        self._write(EntryKind.REVOKE, at, event)

    def end(self, state: State, at: datetime, calendars: Calendars, *, event: int | None) -> None:
        """`MET`, `STOPPED` or `CANCELLED`."""
        self._count(at, calendars)
        self.state, self.ended_at = state, at
        self._write(_END[state], at, event)

    def renew(self, at: datetime, *, event: int | None) -> None:
        """From the beginning, as the unlocking does whenever somebody works on the ticket."""
        self.since, self.counted_at = at, at
        self.spent, self.passed_at, self.fired = 0, None, ()
        self._write(EntryKind.RENEW, at, event)

    def retarget(self, promise: Promise, at: datetime, calendars: Calendars, *, event: int | None) -> None:
        """Another promise; what has been spent stays spent.

        Marks that the new promise puts into the future will be told of again. Of those that lie behind at once only the
        last is told, so that a changed SLA does not make one ticket speak three times.
        """
        self._count(at, calendars)
        if self.spent < promise.target:
            self.passed_at = None
        elif self.passed_at is None or promise.target != self.promise.target:
            self.passed_at = at
        self.promise = promise
        self._pass_over_all_but_the_last()
        self._write(EntryKind.RETARGET, at, event, promise=promise)

    def fire(self, mark: str, at: datetime, calendars: Calendars, *, event: int | None) -> None:
        """The mark has been told of."""
        self.fired = (*self.fired, mark)
        spent = self.spent_at(at, calendars)
        self.lines.append(Line(EntryKind.MARK, at, event, spent, note=mark))

    # ---- inside

    def _hours(self, calendars: Calendars) -> Hours:
        return calendars(self.promise.calendar)

    def _count(self, at: datetime, calendars: Calendars) -> None:
        if self.state != State.RUNNING or at <= self.counted_at:
            return
        spent = self.spent_at(at, calendars)
        if self.passed_at is None and spent >= self.promise.target:
            self.passed_at = self.reaches(self.promise.target, calendars)
        self.spent, self.counted_at = spent, at

    def _pass_over_all_but_the_last(self) -> None:
        behind = [name for name, seconds in self.promise.marks if seconds <= self.spent]
        self.fired = tuple(name for name in behind if name in self.fired or name != behind[-1])

    def _write(self, kind: EntryKind, at: datetime, event: int | None, promise: Promise | None = None) -> None:
        self.lines.append(Line(kind, at, event, self.spent, promise))


_END = {
    State.MET: EntryKind.MET,
    State.STOPPED: EntryKind.STOP,
    State.CANCELLED: EntryKind.CANCEL,
}
_STATE = {kind: state for state, kind in _END.items()}


def begin(kind: str, promise: Promise, at: datetime, *, since: datetime, event: int | None) -> Timer:
    """A clock that runs from `at` on, about something that is so `since`."""
    timer = Timer(kind, since, promise, State.RUNNING, at)
    note = since.isoformat() if since != at else ""
    timer.lines.append(Line(EntryKind.START, at, event, 0, promise, note))
    return timer


def replay(kind: str, lines: Iterable[Line], calendars: Calendars) -> Timer:
    """The clock that this journal tells of."""
    first, *others = lines
    assert first.promise is not None
    since = datetime.fromisoformat(first.note) if first.note else first.at
    timer = begin(kind, first.promise, first.at, since=since, event=first.event)
    follow(timer, others, calendars)
    return timer


def follow(timer: Timer, lines: Iterable[Line], calendars: Calendars) -> None:
    """Have done to a clock what these lines of a journal say."""
    for line in lines:
        _apply(timer, line, calendars)


def _apply(timer: Timer, line: Line, calendars: Calendars) -> None:
    match line.kind:
        case EntryKind.PAUSE:
            timer.pause(line.at, calendars, event=line.event)
        case EntryKind.RESUME:
            timer.resume(line.at, event=line.event)
        case EntryKind.REVOKE:
            timer.revoke(line.at, event=line.event)
        case EntryKind.RENEW:
            timer.renew(line.at, event=line.event)
        case EntryKind.RETARGET:
            assert line.promise is not None
            timer.retarget(line.promise, line.at, calendars, event=line.event)
        case EntryKind.MARK:
            timer.fire(line.note, line.at, calendars, event=line.event)
        case _:
            timer.end(_STATE[line.kind], line.at, calendars, event=line.event)
