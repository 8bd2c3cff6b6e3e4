"""The active rules, read once until somebody changes one: conditions ready, sorted by the events they listen to."""

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from automation.conditions import Node, read
from automation.happenings import happens, kinds_of
from automation.models import Rule, RuleStamp
from core.memo import for_a_moment, remembered
from tickets.conditions import ConditionError
from tickets.models import Event

log = logging.getLogger(__name__)

# A rule that cannot be read is looked at again, because what it names, such as a field, may come back.
PATIENCE = 60.0


@dataclass(frozen=True)
class Entry:
    """An active rule, ready to be asked."""

    pk: int | None
    name: str
    position: int
    events: Sequence[str]
    node: Node
    effects: Sequence[Mapping[str, Any]]
    queues: frozenset[int] = frozenset()
    stops: bool = False
    once: bool = False

    def listens(self, event: Event) -> bool:
        return any(happens(name, event) for name in self.events)

    def reaches(self, line: Sequence[int]) -> bool:
        """Whether tickets of a queue are within its scope; `line` is the queue with those above it."""
        return not self.queues or not self.queues.isdisjoint(line)


@dataclass(frozen=True)
class Rulebook:
    """All active rules in their order, and those that listen to each kind of event."""

    entries: Sequence[Entry] = ()
    # The names of rules that cannot be read, with the reason.
    broken: Mapping[int, str] = field(default_factory=dict)
    _by_kind: dict[str, Sequence[Entry]] = field(default_factory=dict)

    def listening(self, kind: str) -> Sequence[Entry]:
        if kind not in self._by_kind:
            self._by_kind[kind] = [entry for entry in self.entries if _may_hear(entry, kind)]
        return self._by_kind[kind]


class _Last:
    """The rules that this process has read last, the stamp they had, and when that was."""

    stamp: UUID | None = None
    book = Rulebook()
    since = 0.0


def current_rulebook() -> Rulebook:
    """The rules as they are now; one query while nobody has changed any."""
    stamp = _stamp()
    if stamp is None:
        return Rulebook()
    is_old = bool(_Last.book.broken) and time.monotonic() - _Last.since > PATIENCE
    if _Last.stamp != stamp or is_old:
        with for_a_moment():  # which fields there are is asked for each comparison
            _Last.book, _Last.stamp, _Last.since = _read(), stamp, time.monotonic()
    return _Last.book


@remembered
def _stamp() -> UUID | None:
    return RuleStamp.objects.values_list("stamp", flat=True).first()


def announce_change() -> None:
    """Tell all processes, with the caller's transaction, that the rules are other ones now."""
    stamp = RuleStamp.objects.select_for_update().first() or RuleStamp()
    stamp.stamp = uuid.uuid4()
    stamp.save()


def entry_of(rule: Rule, queues: Sequence[int] | None = None) -> Entry:
    """A rule of any status, ready to be asked; `queues` for one that is not saved. Raises `ConditionError`."""
    scope = queues if queues is not None else [queue.pk for queue in rule.queues.all()]
    return Entry(
        rule.pk,
        rule.name,
        rule.position,
        tuple(rule.events),
        read(rule.condition),
        tuple(rule.effects),
        frozenset(scope),
        rule.stops,
        rule.once_per_ticket,
    )


def _read() -> Rulebook:
    entries, broken = [], {}
    for rule in Rule.objects.active().order_by("position", "id").prefetch_related("queues"):
        try:
            entries.append(entry_of(rule))
        except ConditionError as error:
            log.warning("the condition of rule %s cannot be read: %s", rule.pk, error)
            broken[rule.pk] = str(error)
    return Rulebook(entries, broken)


def _may_hear(entry: Entry, kind: str) -> bool:
    kinds = kinds_of(entry.events)
    return kinds is None or kind in kinds
