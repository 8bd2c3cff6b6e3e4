"""What happens to a ticket and what has happened so far, as far as clocks go by it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sla.clocks import Promise
from sla.models.clock import Phase
from sla.models.policy import Reopening
from tickets.models import StateType
from tickets.models.article import Sender
from tickets.models.vocabulary import PENDING_TYPES

OFF_DUTY = (Phase.CLOSED, Phase.GONE)


class Said(StrEnum):
    """Who has spoken; what machines say is nothing said."""

    CUSTOMER = "customer"
    AGENT = "agent"  # to the customer
    INTERNAL = "internal"


@dataclass(frozen=True)
class Terms:
    """What is promised for a ticket as it is now."""

    policy: int | None
    promises: Mapping[str, Promise]
    pauses_when_pending: bool = True
    pause_states: frozenset[int] = frozenset()
    reopening: str = Reopening.RESUME


@dataclass(frozen=True)
class Happening:
    """An event as clocks see it. `state` is the new state with its type."""

    at: datetime
    event: int | None
    opens: bool = False
    said: Said | None = None
    state: tuple[int, str] | None = None
    moves: bool = False
    locks: bool | None = None
    # Another ticket has become part of this one, and its customer has waited since then.
    waits_since: datetime | None = None
    # It came from another house: what was before is no business of any promise made here.
    arrives: bool = False

    @property
    def second(self) -> datetime:
        return self.at.replace(microsecond=0)

    @property
    def means_nothing(self) -> bool:
        return self == Happening(self.at, self.event)


@dataclass
class Facts:
    """What has happened so far: the columns of `TicketTargets`."""

    state_id: int | None = None
    phase: str = Phase.ACTIVE
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    contact_at: datetime | None = None
    waiting_since: datetime | None = None
    queue_since: datetime | None = None
    locked_since: datetime | None = None
    reopened_at: datetime | None = None
    was_closed: bool = False

    def note(self, happening: Happening) -> None:
        at = happening.at
        if happening.opens:
            self.opened_at = self.queue_since = at
        if happening.moves:
            self.queue_since = at
        if happening.locks is not None:
            self.locked_since = at if happening.locks else None
        if happening.said:
            self._note_words(happening.said, at)
        if happening.state:
            self._note_state(*happening.state, at)
        if happening.arrives:
            self._forget(at)
        if happening.waits_since and (self.contact_at is None or self.contact_at < happening.waits_since):
            self.waiting_since = min(self.waiting_since or happening.waits_since, happening.waits_since)

    def _forget(self, at: datetime) -> None:
        """Only what its customer says from now on waits for an answer."""
        self.opened_at = self.contact_at = self.waiting_since = self.queue_since = self.reopened_at = None
        self.answered_at = at

    def _note_words(self, said: Said, at: datetime) -> None:
        # As in OTRS: work on the ticket, and the first thing the customer says after it, hold the lock.
        if self.locked_since and (said != Said.CUSTOMER or self.waiting_since is None):
            self.locked_since = at
        if said == Said.CUSTOMER:
            self.waiting_since = self.waiting_since or at
        elif said == Said.AGENT:
            self.answered_at = self.answered_at or at
            self.contact_at, self.waiting_since = at, None

    def _note_state(self, state_id: int, state_type: str, at: datetime) -> None:
        phase = phase_of(state_type)
        if self.phase == Phase.CLOSED and phase not in OFF_DUTY:
            self.reopened_at = at
        if phase == Phase.CLOSED:
            self.was_closed = True
        if phase in OFF_DUTY:
            self.locked_since = None
        self.state_id, self.phase = state_id, phase


def phase_of(state_type: str) -> Phase:
    if state_type == StateType.CLOSED:
        return Phase.CLOSED
    if state_type in (StateType.MERGED, StateType.REMOVED):
        return Phase.GONE
    return Phase.WAITING if state_type in PENDING_TYPES else Phase.ACTIVE


def said_in(kind: str, sender: str | None, *, visible: bool, marks: Sequence[Mapping[str, Any]]) -> Said | None:
    """Who has spoken in the article of an event of this kind. Absence notices and our own automatic mail are nobody."""
    if kind not in ("ticket.created", "article.added") or sender in (None, Sender.SYSTEM):
        return None
    if sender == Sender.AGENT:
        return Said.AGENT if visible else Said.INTERNAL
    return Said.CUSTOMER if visible and not any(mark.get("code") == "automatic" for mark in marks) else None
