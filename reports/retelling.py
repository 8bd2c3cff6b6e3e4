"""A ticket's history as rows that can be counted. Pure: what happened in, rows out.

The history is followed event by event. What the ticket was after each is its place (`Place`); a time in one place while
it is open is a span; what happened there is a fact. The same history gives the same rows, whenever it is told.

Amounts: seconds since the opening (`created` has none; `closed`, `resolved`, `first_response`), since the first waiting
message (`next_response`), of being open (`repaired`), of business time beside them where a clock has counted it;
of promises the seconds of business time spent; minutes of work; points of a rating.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from reports.models.rows import Happened
from reports.values import Fact, History, Place, Retold, Span, Summary, Told
from sla.facts import Said
from sla.models import Kind as Clock
from sla.models.clock import State as ClockState
from tickets.models import StateType
from tickets.models.vocabulary import FINAL_TYPES

# Fields of events that make up a place.
ROWS = ("queue", "owner", "state", "priority", "type", "service", "customer", "organisation")


def retell(history: History) -> Retold:
    """The rows of one ticket; none for one without an opening."""
    teller = _Teller(history)
    for event in history.events:
        teller.follow(event)
    return teller.finish()


class _Teller:
    """Goes along the history and notes what it comes to."""

    def __init__(self, history: History):
        self.history = history
        self.facts: list[Fact] = []
        self.spans: list[Span] = []
        self.places: list[tuple[datetime, Place]] = []
        self.opened_at: datetime | None = None
        self.open_since: datetime | None = None
        # Closed by being solved: spam, merging and the trash leave it as it was.
        self.closing: Fact | None = None
        self.answered = False
        self.waits_since: datetime | None = None

    def follow(self, event: Told) -> None:
        if event.kind == "ticket.created":
            self._open(event)
        elif self.opened_at is not None:
            self._move(event)
            self._note(event)
        if event.said and self.opened_at is not None:
            self._hear(event, event.said)

    def finish(self) -> Retold:
        if self.opened_at is None:
            return Retold()
        if self.open_since is not None:
            self._end_span(None)
        self._sum_up_clocks()
        for booked in self.history.work:
            self._add(Happened.WORKED, booked.at, place=self._at(booked.at), agent=booked.who, amount=booked.amount)
        for rated in self.history.ratings:
            place = self._at(rated.at)
            self._add(Happened.RATED, rated.at, place=place, agent=place.owner, amount=rated.amount)
        self._solve()
        return Retold(self.facts, self.spans, self._summary())

    @property
    def place(self) -> Place:
        return self.places[-1][1]

    # ---- step by step

    def _open(self, event: Told) -> None:
        channel = event.data.get("channel", {}).get("now") or ""
        self.opened_at = event.at
        self.places.append((event.at, _moved(Place(0, channel=channel), event.data)))
        self._add(Happened.CREATED, event.at, agent=event.agent)
        if not self._is_off_the_desk(event):
            self.open_since = event.at

    def _move(self, event: Told) -> None:
        was, now = self.place, _moved(self.place, event.data)
        if now == was and event.kind not in ("ticket.spam",):
            return
        if self.open_since is not None:
            self._end_span(event.at)
        self.places.append((event.at, now))
        self.open_since = None if self._is_off_the_desk(event) else event.at

    def _note(self, event: Told) -> None:
        """What the event was, in the place that it has led to."""
        data, agent = event.data, event.agent
        self._note_closing(event)
        if "owner" in data and data["owner"]["now"]:
            before = data["owner"]["was"]
            self._add(Happened.REASSIGNED if before else Happened.ASSIGNED, event.at, agent=agent)
        if "queue" in data:
            self._add(Happened.MOVED, event.at, agent=agent)
        if event.kind == "ticket.merged":
            self._add(Happened.MERGED, event.at, agent=agent)
        if event.kind == "ticket.spam":
            self._add(Happened.SPAM, event.at, agent=agent)
        if kind := _OF_CLOCKS.get(event.kind):
            self._add(kind, event.at, target=str(data.get("clock", {}).get("now") or ""))

    def _note_closing(self, event: Told) -> None:
        if "state" not in event.data or not event.data["state"]["now"]:
            return
        type = self._type(event)
        if type == StateType.CLOSED and self.closing is None:
            self._add(Happened.CLOSED, event.at, agent=event.agent, amount=_seconds(self.opened_at, event.at))
            self.closing = self.facts[-1]
        elif type not in FINAL_TYPES and self.closing is not None:
            self.closing = None
            self._add(Happened.REOPENED, event.at, agent=event.agent)

    def _hear(self, event: Told, said: Said) -> None:
        kind = _SAID[said]
        place = self.place._replace(channel=event.channel)
        self._add(kind, event.at, place=place, agent=None if said == Said.CUSTOMER else event.author)
        if said == Said.CUSTOMER:
            self.waits_since = self.waits_since or event.at
        elif said == Said.AGENT:
            if event.kind != "ticket.created":
                self._respond(event)
            self.answered, self.waits_since = True, None

    def _respond(self, event: Told) -> None:
        if not self.answered:
            kind, since, clock = Happened.FIRST_RESPONSE, self.opened_at, Clock.FIRST_RESPONSE
        elif self.waits_since:
            kind, since, clock = Happened.NEXT_RESPONSE, self.waits_since, Clock.NEXT_RESPONSE
        else:
            return
        amount, business = _seconds(since, event.at), self._counted(clock, event.at)
        self._add(kind, event.at, agent=event.author, amount=amount, business=business)

    # ---- at the end

    def _sum_up_clocks(self) -> None:
        for clock in self.history.clocks:
            is_late = clock.spent > clock.target
            if clock.state != ClockState.MET and not (clock.state == ClockState.STOPPED and is_late):
                continue
            place = self._at_second(clock.ended_at)
            if clock.kind == Clock.STAY:
                # By its end the ticket is in the next queue.
                place = place._replace(queue=self._at(clock.since).queue)
            kind = Happened.BROKEN if is_late else Happened.KEPT
            seconds = _seconds(clock.since, clock.ended_at)
            self._add(kind, clock.ended_at, place=place, target=clock.kind, amount=seconds, business=clock.spent)

    def _solve(self) -> None:
        """The ticket has stayed closed."""
        closing = self.closing
        if closing is None:
            return
        business = self._counted(Clock.SOLUTION, closing.at)
        self.facts.append(closing._replace(kind=Happened.RESOLVED.value, business=business))
        open_for = sum(_seconds(span.starts_at, min(span.ends_at or closing.at, closing.at)) for span in self.spans)
        self.facts.append(closing._replace(kind=Happened.REPAIRED.value, amount=open_for))
        counts = self._counts()
        if counts["answered"] <= 1 and not counts["reopened"] and not counts["reassigned"]:
            self.facts.append(closing._replace(kind=Happened.ONE_TOUCH.value))

    def _summary(self) -> Summary:
        counts = self._counts()
        found = Summary(
            opened_at=self.opened_at,
            answers=counts["answered"],
            reopenings=counts["reopened"],
            reassignments=counts["reassigned"],
            minutes=sum(booked.amount for booked in self.history.work),
        )
        for fact in self.facts:
            if fact.kind == Happened.FIRST_RESPONSE:
                found = replace(found, first_response=fact.amount, first_response_business=fact.business)
            elif fact.kind == Happened.RESOLVED:
                found = replace(found, resolved_at=fact.at, resolution=fact.amount, resolution_business=fact.business)
        return found

    # ---- what it leans on

    def _add(
        self,
        kind: Happened,
        at: datetime,
        *,
        place: Place | None = None,
        agent: int | None = None,
        target: str = "",
        amount: int | None = None,
        business: int | None = None,
    ) -> None:
        self.facts.append(Fact(place or self.place, kind.value, at, agent, target, amount, business))

    def _end_span(self, at: datetime | None) -> None:
        """A place in which the ticket was for no time at all is none."""
        assert self.open_since is not None
        if at is None or at > self.open_since:
            self.spans.append(Span(self.place, self.open_since, at))

    def _at(self, moment: datetime) -> Place:
        """The place then; the first one before the opening."""
        return next((place for at, place in reversed(self.places) if at <= moment), self.places[0][1])

    def _at_second(self, moment: datetime) -> Place:
        """Clocks count whole seconds: what happened within that second has happened."""
        return self._at(moment.replace(microsecond=999_999))

    def _counts(self) -> dict[str, int]:
        kinds = (Happened.ANSWERED, Happened.REOPENED, Happened.REASSIGNED)
        return {kind.value: sum(fact.kind == kind for fact in self.facts) for kind in kinds}

    def _counted(self, kind: Clock, at: datetime) -> int | None:
        """The business time of the clock that ended with this."""
        second = at.replace(microsecond=0)
        met = [
            clock.spent
            for clock in self.history.clocks
            if clock.kind == kind and clock.state == ClockState.MET and clock.ended_at == second
        ]
        return met[-1] if met else None

    def _type(self, event: Told) -> str:
        """Spam is closed, but nothing is solved by it."""
        state = event.data["state"]["now"]["id"]
        return StateType.REMOVED if event.kind == "ticket.spam" else self.history.state_types.get(state, StateType.OPEN)

    def _is_off_the_desk(self, event: Told) -> bool:
        state = self.place.state
        return self.history.state_types.get(state or 0, StateType.OPEN) in FINAL_TYPES


_SAID = {Said.CUSTOMER: Happened.ASKED, Said.AGENT: Happened.ANSWERED, Said.INTERNAL: Happened.NOTED}
_OF_CLOCKS = {
    "sla.warned": Happened.WARNED,
    "sla.breached": Happened.BREACHED,
    "sla.escalated": Happened.ESCALATED,
}


def _moved(place: Place, data: Mapping[str, Any]) -> Place:
    changes: dict[str, Any] = {}
    for name in ROWS:
        if name in data:
            now = data[name]["now"]
            changes[name] = now["id"] if now else None
    if changes.get("queue", place.queue) is None:
        changes["queue"] = 0
    return place._replace(**changes)


def _seconds(start: datetime | None, end: datetime) -> int:
    """Whole seconds, at least 0: what was imported may be out of order."""
    assert start is not None
    return max(0, int((end - start).total_seconds()))
