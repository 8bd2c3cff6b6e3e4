"""What is promised for a ticket: the setup of this installation, read once until it changes, and the choice from it."""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from core.clock import now
from core.memo import remembered
from sla.clocks import Marks, Promise, marks_of
from sla.facts import Terms
from sla.hours import ALWAYS, Hours, read
from sla.models import Calendar, CalendarVersion, Kind, Policy, QueueHours, Stamp, Target
from tickets.conditions import ConditionError, Viewer, matches
from tickets.models import Queue, Ticket

log = logging.getLogger(__name__)

T = TypeVar("T")
# Priority id -> what is for tickets of it; None for all that have nothing of their own.
ByPriority = Mapping[int | None, T]


@dataclass(frozen=True)
class Goal:
    """A target as it is set up; None for none of this kind. `calendar` is the calendar's id."""

    seconds: int | None
    calendar: int | None = None


@dataclass(frozen=True)
class PolicySetup:
    row: Policy
    goals: Mapping[str, ByPriority[Goal]]


@dataclass(frozen=True)
class QueueSetup:
    row: QueueHours
    stays: ByPriority[Goal]


@dataclass(frozen=True)
class Setup:
    """Everything that promises come from."""

    policies: Sequence[PolicySetup] = ()
    queues: Mapping[int, QueueSetup] = field(default_factory=dict)
    # The present version by calendar.
    versions: Mapping[int, int] = field(default_factory=dict)
    default_calendar: int | None = None

    @property
    def promises_nothing(self) -> bool:
        return not self.policies and not self.queues


@dataclass(frozen=True)
class Choice:
    """The policy of a ticket, and whether a person has chosen it."""

    policy: int | None
    is_chosen: bool = False


class _Last:
    """The setup that this process has read last, and the stamp it had."""

    stamp: UUID | None = None
    setup = Setup()


def setup_at(stamp: UUID | None) -> Setup:
    """The setup as of this stamp, which the caller has just read (None: nothing has ever been set up)."""
    if stamp is None:
        return Setup()
    if _Last.stamp != stamp:
        _Last.setup, _Last.stamp = _read(), stamp
    return _Last.setup


def current_setup() -> Setup:
    return setup_at(Stamp.objects.values_list("stamp", flat=True).first())


def hours_of(version: int | None) -> Hours:
    """The hours of one version of a calendar; without one every hour counts."""
    return ALWAYS if version is None else _hours(version)


def hours_in(queue_id: int) -> Hours:
    """The opening hours of a queue: those of its calendar, else of the nearest above it, else the usual ones."""
    setup = current_setup()
    calendar = _nearest(setup, line_of(setup, queue_id), lambda queue: queue.row.calendar_id)
    calendar = calendar or setup.default_calendar
    return hours_of(setup.versions.get(calendar) if calendar else None)


def line_of(setup: Setup, queue_id: int) -> Sequence[int]:
    """The queue and those above it, nearest first; nothing where queues add nothing."""
    return [queue_id, *_above(queue_id)] if setup.queues else []


def _above(queue_id: int) -> list[int]:
    """Where only the id is known, the whole tree in one query costs no more than a walk."""
    parents = _parents()
    found: list[int] = []
    while (parent := parents.get(queue_id)) is not None and parent not in found:
        found.append(parent)
        queue_id = parent
    return found


@remembered
def _parents() -> Mapping[int, int | None]:
    return dict(Queue.objects.values_list("pk", "parent_id"))


def choose(setup: Setup, ticket: Ticket, present: Choice, line: Sequence[int]) -> Choice:
    """The ticket's policy: what a person chose, else the first whose condition holds, else the queue's."""
    active = {each.row.pk: each.row for each in setup.policies}
    if present.is_chosen and (present.policy is None or present.policy in active):
        return present
    by_condition = policy_by_condition(setup, ticket)
    if by_condition is not None:
        return Choice(by_condition)
    of_queue = _nearest(setup, line, lambda queue: queue.row.policy_id)
    return Choice(of_queue if of_queue in active else None)


def policy_by_condition(setup: Setup, ticket: Ticket) -> int | None:
    """The first policy whose condition holds for the ticket."""
    seen_by = Viewer(None, now())
    for each in setup.policies:
        if each.row.condition is not None and _holds(each.row, ticket, seen_by):
            return each.row.pk
    return None


def terms_for(setup: Setup, ticket: Ticket, policy_id: int | None, line: Sequence[int]) -> Terms:
    """Everything promised for a ticket of this policy, in its queue and with its priority."""
    policy = next((each for each in setup.policies if each.row.pk == policy_id), None)
    of_queue = _nearest(setup, line, lambda queue: queue.row.calendar_id)
    usual = of_queue or setup.default_calendar
    promises = {}
    if policy:
        for kind, goals in policy.goals.items():
            goal = _of_priority(goals, ticket.priority_id)
            if goal and goal.seconds:
                calendar = goal.calendar or policy.row.calendar_id or usual
                marks = marks_of(goal.seconds, warnings=policy.row.warnings, levels=policy.row.levels)
                promises[kind] = _promise(setup, goal.seconds, calendar, marks, policy.row.pk)
    promises |= _of_queue(setup, line, ticket.priority_id, usual)
    if policy is None:
        return Terms(None, promises)
    row = policy.row
    return Terms(row.pk, promises, row.pauses_when_pending, frozenset(row.pause_states), row.reopening)


def digest_of(terms: Terms) -> str:
    """Short and the same for equal terms."""
    plain = [
        terms.policy,
        {kind: promise.as_json() for kind, promise in terms.promises.items()},
        terms.pauses_when_pending,
        sorted(terms.pause_states),
        terms.reopening,
    ]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:32]


def _of_queue(setup: Setup, line: Sequence[int], priority: int, calendar: int | None) -> dict[str, Promise]:
    """The targets of the queue: the stay in it, and until it is unlocked."""
    promises = {}
    staying = next((setup.queues[pk] for pk in line if pk in setup.queues and setup.queues[pk].stays), None)
    goal = _of_priority(staying.stays, priority) if staying else None
    if staying and goal and goal.seconds:
        marks = marks_of(goal.seconds, warnings=staying.row.warnings, levels=staying.row.levels)
        promises[Kind.STAY.value] = _promise(setup, goal.seconds, calendar, marks)
    unlock_after = _nearest(setup, line, lambda queue: queue.row.unlock_after)
    if unlock_after:
        promises[Kind.LOCK.value] = _promise(setup, unlock_after, calendar, marks_of(unlock_after))
    return promises


def _promise(setup: Setup, seconds: int, calendar: int | None, marks: Marks, policy: int | None = None) -> Promise:
    version = setup.versions.get(calendar) if calendar else None
    return Promise(seconds, version, marks, policy)


def _of_priority(goals: ByPriority[Goal], priority: int) -> Goal | None:
    return goals[priority] if priority in goals else goals.get(None)


def _holds(policy: Policy, ticket: Ticket, seen_by: Viewer) -> bool:
    """A condition that names something that is gone holds for no ticket, and stops nobody's work."""
    try:
        return matches(ticket, policy.condition or {}, seen_by)
    except ConditionError:
        log.warning("the condition of the SLA %s cannot be read", policy.pk)
        return False


def _nearest(setup: Setup, line: Sequence[int], value: Any) -> Any:
    """What the queue itself says, else what the nearest one above it says; None when nobody does."""
    said = (value(setup.queues[pk]) for pk in line if pk in setup.queues)
    return next((found for found in said if found is not None), None)


def _read() -> Setup:
    return Setup(
        policies=[_policy(row) for row in Policy.objects.active().prefetch_related("targets")],
        queues={row.pk: _queue(row) for row in QueueHours.objects.prefetch_related("targets")},
        versions=dict(CalendarVersion.objects.order_by("id").values_list("calendar_id", "id")),
        default_calendar=Calendar.objects.filter(is_default=True).values_list("pk", flat=True).first(),
    )


def _policy(row: Policy) -> PolicySetup:
    return PolicySetup(row, goals_of(row.targets.all()))


def goals_of(targets: Iterable[Target]) -> Mapping[str, ByPriority[Goal]]:
    """The targets of an SLA by kind and priority."""
    goals: dict[str, dict[int | None, Goal]] = {}
    for target in targets:
        goals.setdefault(target.kind, {})[target.priority_id] = Goal(target.seconds, target.calendar_id)
    return goals


def _queue(row: QueueHours) -> QueueSetup:
    return QueueSetup(row, {target.priority_id: Goal(target.seconds) for target in row.targets.all()})


@lru_cache(maxsize=256)
def _hours(version: int) -> Hours:
    return read_version(CalendarVersion.objects.get(pk=version).data)


def read_version(data: Mapping[str, Any]) -> Hours:
    """The hours in the data of a version. Its days carry names, too, for people."""
    days = {day: facts["hours"] for day, facts in data["days"].items()}
    return read({"zone": data["zone"], "hours": data["hours"], "days": days})
