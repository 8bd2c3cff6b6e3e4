"""What happens to a ticket, and what that means to its clocks. Pure: the same for one event and for a whole history.

`step` takes one happening after the other. Each kind of clock is about something that began at some moment (`begins`):
the opening, the oldest message without an answer, the last contact, the move into the queue, the lock. A clock whose
beginning has gone is met; where there is a beginning and no clock, one starts. Closing, waiting, and other terms come
on top of that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sla.clocks import Calendars, Timer, begin
from sla.facts import OFF_DUTY, Facts, Happening, Said, Terms
from sla.models.clock import Kind, Phase, State
from sla.models.policy import Reopening


@dataclass
class Situation:
    """The facts and clocks of one ticket. `timers` has the latest clock of each kind, `replaced` those before it."""

    facts: Facts = field(default_factory=Facts)
    timers: dict[str, Timer] = field(default_factory=dict)
    replaced: list[Timer] = field(default_factory=list)

    def put(self, timer: Timer) -> None:
        if timer.kind in self.timers:
            self.replaced.append(self.timers[timer.kind])
        self.timers[timer.kind] = timer

    def going(self) -> Sequence[Timer]:
        return [timer for timer in self.timers.values() if timer.is_going]


def step(situation: Situation, happening: Happening, terms: Terms, calendars: Calendars) -> list[str]:
    """Let it happen. Returns the kinds of clocks that should be there and began before now: `fold` has them."""
    if happening.opens and happening.said == Said.AGENT:
        # An agent opens it by writing to the customer: the first response is wanted and given at once.
        step(situation, replace(happening, said=None), terms, calendars)
        happening = replace(happening, opens=False)
    situation.facts.note(happening)
    return [kind for kind in Kind if not _settle(kind, situation, happening, terms, calendars)]


def fold(happenings: Iterable[Happening], terms: Terms, calendars: Calendars) -> Situation:
    """The facts and clocks of a whole history, had the terms always been these."""
    situation = Situation()
    for happening in happenings:
        for kind in step(situation, happening, terms, calendars):
            # It was held back until now, as while the ticket was closed: that time does not count.
            _start(kind, situation, happening, terms, calendars)
    return situation


def go_on(
    situation: Situation,
    happening: Happening,
    terms: Terms,
    calendars: Calendars,
    *,
    past: Callable[[], Situation],
    terms_are_new: bool,
) -> None:
    """Let it happen to a ticket that had promises before. `past` is its whole history under these terms (`fold`),
    asked for only when a clock is missing."""
    missing = step(situation, happening, terms, calendars)
    if missing:
        found = past()
        adopted = [_adopt(situation, found, kind) for kind in missing]
        if terms_are_new:
            _promise_late(adopted, happening, calendars)


def begin_late(situation: Situation, past: Situation, happening: Happening, calendars: Calendars) -> None:
    """The first promises for a ticket that is there already: clocks begin when what they are about began."""
    situation.facts = past.facts
    _promise_late([_adopt(situation, past, timer.kind) for timer in past.going()], happening, calendars)


def _adopt(situation: Situation, past: Situation, kind: str) -> Timer | None:
    """Take over the clock of this kind that the past says should be there, with its journal."""
    timer = past.timers.get(kind)
    if timer is None or not timer.is_going:
        return None
    situation.put(timer)
    return timer


def _promise_late(timers: Iterable[Timer | None], happening: Happening, calendars: Calendars) -> None:
    """Clocks that were not promised until now say so in their journals, and do not tell of all that lies behind."""
    for timer in timers:
        if timer is not None:
            timer.retarget(timer.promise, happening.second, calendars, event=happening.event)


def begins(kind: str, facts: Facts, terms: Terms) -> datetime | None:
    """Since when there is something to be promised; None when there is not."""
    # Until the first answer, only the promise of one counts the waiting, if there is such a promise.
    unanswered = facts.answered_at is None and Kind.FIRST_RESPONSE in terms.promises
    match kind:
        case Kind.FIRST_RESPONSE:
            return facts.opened_at if facts.answered_at is None else None
        case Kind.NEXT_RESPONSE:
            return None if unanswered else facts.waiting_since
        case Kind.UPDATE:
            return None if unanswered else facts.contact_at or facts.opened_at
        case Kind.SOLUTION:
            return _solution_begins(facts, terms.reopening)
        case Kind.STAY:
            return facts.queue_since
        case _:
            return facts.locked_since


def _solution_begins(facts: Facts, reopening: str) -> datetime | None:
    if reopening == Reopening.KEEP and facts.was_closed:
        return None
    if reopening == Reopening.RESTART:
        return facts.reopened_at or facts.opened_at
    return facts.opened_at


def _settle(kind: str, situation: Situation, happening: Happening, terms: Terms, calendars: Calendars) -> bool:
    """Bring one clock in step with facts and terms; false when there should be one that began before now."""
    facts, timer, promise = situation.facts, situation.timers.get(kind), terms.promises.get(kind)
    began = begins(kind, facts, terms)
    if facts.phase in OFF_DUTY or promise is None:
        _finish(kind, situation, happening, calendars, promised=promise is not None, began=began)
        return True
    if timer and timer.is_going and timer.since != began:
        if kind == Kind.LOCK and began:
            timer.renew(happening.second, event=happening.event)
            timer.since = began
        else:
            timer.end(State.MET, happening.second, calendars, event=happening.event)
    if began is None:
        return True
    if timer is None or timer.since != began or timer.state == State.CANCELLED:
        if began != happening.at:
            return False
        _start(kind, situation, happening, terms, calendars)
        return True
    _keep_up(timer, kind, situation, happening, terms, calendars)
    return True


def _finish(
    kind: str,
    situation: Situation,
    happening: Happening,
    calendars: Calendars,
    *,
    promised: bool,
    began: datetime | None,
) -> None:
    """The ticket is off the desk, or nothing is promised any more."""
    timer, phase = situation.timers.get(kind), situation.facts.phase
    if timer is None or not (timer.is_going or timer.state == State.STOPPED):
        return
    is_over = timer.since != began or (kind in (Kind.SOLUTION, Kind.STAY) and phase == Phase.CLOSED)
    state = State.MET if is_over else State.STOPPED if promised else State.CANCELLED
    if state != timer.state:
        timer.end(state, happening.second, calendars, event=happening.event)


def _start(kind: str, situation: Situation, happening: Happening, terms: Terms, calendars: Calendars) -> None:
    since = begins(kind, situation.facts, terms)
    assert since is not None
    # Who has waited on another ticket until now has waited.
    at = since.replace(microsecond=0) if since == happening.waits_since else happening.second
    timer = begin(kind, terms.promises[kind], at, since=since, event=happening.event)
    situation.put(timer)
    if _pauses(kind, situation.facts, terms):
        timer.pause(happening.second, calendars, event=happening.event)


def _keep_up(
    timer: Timer, kind: str, situation: Situation, happening: Happening, terms: Terms, calendars: Calendars
) -> None:
    """The clock is the right one: it goes on, pauses, or gets another target."""
    at, event = happening.second, happening.event
    if not timer.is_going:
        timer.resume(at, event=event)
    if timer.promise != terms.promises[kind]:
        timer.retarget(terms.promises[kind], at, calendars, event=event)
    pauses = _pauses(kind, situation.facts, terms)
    if pauses and timer.state == State.RUNNING:
        timer.pause(at, calendars, event=event)
    elif not pauses and timer.state == State.PAUSED:
        timer.resume(at, event=event)


def _pauses(kind: str, facts: Facts, terms: Terms) -> bool:
    if kind == Kind.LOCK:
        return facts.phase == Phase.WAITING
    if facts.phase == Phase.WAITING and terms.pauses_when_pending:
        return True
    return facts.state_id in terms.pause_states
