"""What automation/choosing.py works with, read from the database: how a queue gives its tickets, who may have one, how
much they have already, and what a ticket needs. A fixed number of queries, however many agents there are."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count

from accounts.models import User
from automation.absence import is_away, zone_of
from automation.choosing import Candidate, Policy, Want
from automation.models import AgentSkill, Method, PriorityWeight, QueueAssignment, Skill, SkillRule
from core.clock import now
from core.memo import remembered
from sla.terms import current_setup, hours_of
from tickets import options
from tickets.conditions import ConditionError, Viewer, matches
from tickets.models import Queue, State, StateType, Ticket

log = logging.getLogger(__name__)

# What waits for something is no load.
WORKED = (StateType.NEW, StateType.OPEN)
Weights = Mapping[int, int]


@dataclass(frozen=True)
class Way:
    """How tickets are given. `queue_id` is the queue that says so: its turns are shared with those below."""

    queue_id: int
    method: Method
    role_id: int | None = None
    by_skills: bool = False
    sticky_days: int = 0
    limit: int | None = None

    @property
    def policy(self) -> Policy:
        return Policy(self.method == Method.LEAST_LOAD, self.by_skills, self.limit)


@dataclass(frozen=True)
class Loads:
    """Points of work of each agent, in all queues and in one."""

    all: Mapping[int, int]
    here: Mapping[int, int]


@remembered
def anything_is_given() -> bool:
    """Whether any queue gives its tickets to agents."""
    return QueueAssignment.objects.exclude(method=Method.MANUAL).exists()


def way_of(queue: Queue) -> Way | None:
    """What the queue says, else the nearest one above it that says something; None where tickets are taken by hand."""
    row = setting_of(queue.line)
    return None if row is None or row.method == Method.MANUAL else as_way(row)


def setting_of(line: Sequence[int]) -> QueueAssignment | None:
    """The row of the first queue in this line that has one."""
    rows = QueueAssignment.objects.in_bulk(line)
    return next((rows[pk] for pk in line if pk in rows), None)


def as_way(row: QueueAssignment) -> Way:
    return Way(row.queue_id, Method(row.method), row.role_id, row.by_skills, row.sticky_days, row.limit)


@remembered
def weights() -> Weights:
    return dict(PriorityWeight.objects.values_list("priority_id", "weight"))


def candidates_for(ticket: Ticket, way: Way, wants: Collection[Want], weighs: Weights) -> list[Candidate]:
    """Everybody who may have the ticket, with how they are placed now."""
    people = options.may_own(ticket.queue)
    if way.role_id is not None:
        people = people.filter(groups__role=way.role_id)
    placed = [_Placed(*row) for row in people.order_by("name", "id").values_list(*_ASKED)]
    ids = [one.id for one in placed]
    is_counted = way.method == Method.LEAST_LOAD or way.limit is not None
    is_counted = is_counted or any(one.limit is not None for one in placed)
    loads = loads_of(ids, ticket.queue_id, weighs) if is_counted else Loads({}, {})
    skills = _skills_of(ids) if wants and way.by_skills else {}
    openings = Openings(now())
    return [_candidate(one, loads, openings, skills.get(one.id, {})) for one in placed]


def loads_of(people: Collection[int], queue_id: int | None, weighs: Weights) -> Loads:
    """The open tickets that each of these people works on, by weight; one query, along an index."""
    open_tickets = Ticket.objects.open().filter(owner__in=people, state__in=_worked_states()).order_by()
    counted = open_tickets.values_list("owner", "queue", "priority").annotate(number=Count("pk"))
    everywhere, here = dict.fromkeys(people, 0), dict.fromkeys(people, 0)
    for owner, queue, priority, number in counted:
        points = number * weighs.get(priority, 1)
        everywhere[owner] += points
        if queue == queue_id:
            here[owner] += points
    return Loads(everywhere, here)


def wants_of(ticket: Ticket) -> list[Want]:
    """The skills that the ticket needs."""
    return Needs().of(ticket)


class Needs:
    """What tickets need, by the rules as they are now; read once for many tickets."""

    def __init__(self) -> None:
        self.skills = {skill.pk: skill for skill in Skill.objects.active()}
        self.rules = list(SkillRule.objects.filter(is_active=True)) if self.skills else []
        self.seen_by = Viewer(None, now())

    def of(self, ticket: Ticket) -> list[Want]:
        """By the rules whose conditions hold, the first one deciding on a level, and by the language of the ticket."""
        wanted: dict[int, int] = {}
        for rule in self.rules:
            if _holds(rule, ticket, self.seen_by):
                for key, level in rule.wants.items():
                    wanted.setdefault(int(key), level)
        for skill in self.skills.values():
            if skill.language and skill.language == ticket.language:
                wanted.setdefault(skill.pk, 1)
        return [Want(skill, level) for skill, level in sorted(wanted.items()) if skill in self.skills]


def last_owner_of_customer(ticket: Ticket, days: int) -> int | None:
    """Who had the customer's last ticket, when something has happened to it within so many days."""
    others = Ticket.objects.filter(customer=ticket.customer_id, changed_at__gte=now() - timedelta(days=days))
    latest = others.filter(owner__isnull=False).exclude(pk=ticket.pk).order_by("-changed_at", "-id")
    return latest.values_list("owner", flat=True).first()


class Openings:
    """When each calendar is open next, seen from one moment; that moment itself where it is open now."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self._known: dict[int | None, datetime | None] = {None: moment}

    def of(self, calendar_id: int | None) -> datetime | None:
        if calendar_id is not None and calendar_id not in self._known:
            self._known[calendar_id] = hours_of(self._versions.get(calendar_id)).next_opening(self.moment)
        return self._known[calendar_id]

    @cached_property
    def _versions(self) -> Mapping[int, int]:
        return current_setup().versions


class _Placed(NamedTuple):
    """What is asked of each candidate: hundreds of whole rows would cost more than all the rest of giving a ticket."""

    id: int
    away_from: date | None
    away_until: date | None
    time_zone: str
    # None without a profile.
    is_available: bool | None
    limit: int | None
    calendar_id: int | None


_OF_PROFILE = ("is_available", "limit", "calendar_id")
_ASKED = [f"agent_profile__{name}" if name in _OF_PROFILE else name for name in _Placed._fields]


def _candidate(placed: _Placed, loads: Loads, openings: Openings, skills: Mapping[int, int]) -> Candidate:
    opening, away = openings.of(placed.calendar_id), _away(placed, openings.moment)
    return Candidate(
        id=placed.id,
        load=loads.all.get(placed.id, 0),
        load_here=loads.here.get(placed.id, 0),
        limit=placed.limit,
        is_available=placed.is_available is not False,
        is_away=away is not None,
        is_working=opening == openings.moment,
        back_at=_return_of(away) if away else None if opening == openings.moment else opening,
        skills=skills,
    )


def _away(placed: _Placed, moment: datetime) -> User | None:
    """The person as far as absence goes, when they are out of office at the moment; most people have said nothing."""
    if placed.away_from is None:
        return None
    person = User(away_from=placed.away_from, away_until=placed.away_until, time_zone=placed.time_zone)
    return person if is_away(person, moment) else None


def _return_of(person: User) -> datetime | None:
    """When somebody who is away will be there; None when nobody knows."""
    if person.away_until is None:
        return None
    return datetime.combine(person.away_until + timedelta(days=1), time.min, zone_of(person))


@remembered
def _worked_states() -> Collection[int]:
    return list(State.objects.filter(type__in=WORKED).values_list("pk", flat=True))


def _skills_of(people: Collection[int]) -> Mapping[int, Mapping[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for user, skill, level in AgentSkill.objects.filter(user__in=people).values_list("user", "skill", "level"):
        found.setdefault(user, {})[skill] = level
    return found


def _holds(rule: SkillRule, ticket: Ticket, seen_by: Viewer) -> bool:
    """A condition that names something that is gone holds for no ticket, and stops nobody's work."""
    try:
        return matches(ticket, rule.condition, seen_by)
    except ConditionError:
        log.warning("the condition of the skill rule %s cannot be read", rule.pk)
        return False
