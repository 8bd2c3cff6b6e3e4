"""What a history is made of and what becomes of it: the values that reports/retelling.py takes and gives. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sla.facts import Said


class Place(NamedTuple):
    """Where and whose a ticket is, by number."""

    queue: int
    owner: int | None = None
    state: int | None = None
    priority: int | None = None
    type: int | None = None
    service: int | None = None
    customer: int | None = None
    organisation: int | None = None
    channel: str = ""


class Told(NamedTuple):
    """One event. `agent` is the actor where that is one of us, no machine; `said` and `channel` are of its message."""

    at: datetime
    kind: str
    data: Mapping[str, Any]
    agent: int | None = None
    said: Said | None = None
    channel: str = ""
    author: int | None = None


class Timed(NamedTuple):
    """A clock that has ended."""

    kind: str
    state: str
    since: datetime
    ended_at: datetime
    target: int
    spent: int


class Booked(NamedTuple):
    """Minutes of work, or points of a rating (`who` is None)."""

    at: datetime
    amount: int
    who: int | None = None


@dataclass(frozen=True)
class History:
    """All that is known of one ticket. `state_types` is of all states."""

    events: Sequence[Told]
    clocks: Sequence[Timed] = ()
    work: Sequence[Booked] = ()
    ratings: Sequence[Booked] = ()
    state_types: Mapping[int, str] = field(default_factory=dict)


class Fact(NamedTuple):
    place: Place
    kind: str
    at: datetime
    agent: int | None = None
    target: str = ""
    amount: int | None = None
    business: int | None = None


class Span(NamedTuple):
    place: Place
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Summary:
    """The ticket in one line; times in seconds, as in the facts."""

    opened_at: datetime | None = None
    first_response: int | None = None
    first_response_business: int | None = None
    resolved_at: datetime | None = None
    resolution: int | None = None
    resolution_business: int | None = None
    answers: int = 0
    reopenings: int = 0
    reassignments: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Retold:
    facts: Sequence[Fact] = ()
    spans: Sequence[Span] = ()
    summary: Summary = Summary()
