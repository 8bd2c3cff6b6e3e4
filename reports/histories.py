"""The histories of tickets, read for retelling: a handful of queries, however many tickets they are of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from accounts.models import User
from automation.models import SurveyAnswer
from core.memo import remembered
from reports.values import Booked, History, Timed, Told
from sla.facts import said_in
from sla.models import Clock
from sla.models.clock import Kind
from tickets.models import Event, State, TimeEntry

EVENT = [
    "ticket_id",
    "at",
    "kind",
    "data",
    "actor_id",
    "version",
    "article__sender",
    "article__visible_to_customer",
    "article__marks",
    "article__channel",
    "article__author_id",
]


@dataclass(frozen=True)
class Known:
    """A ticket's history, and up to which version it goes."""

    history: History
    version: int


def histories_of(ids: Collection[int]) -> Mapping[int, Known]:
    """Of each of these tickets that has a history."""
    events, versions = _events(ids)
    clocks, work, ratings = _clocks(ids), _work(ids), _ratings(ids)
    types = _state_types()
    return {
        pk: Known(History(told, clocks[pk], work[pk], ratings[pk], types), versions[pk]) for pk, told in events.items()
    }


def _events(ids: Collection[int]) -> tuple[Mapping[int, list[Told]], Mapping[int, int]]:
    """In their order, and the version after the last."""
    found: dict[int, list[Told]] = defaultdict(list)
    versions: dict[int, int] = {}
    machines = _machines()
    rows = Event.objects.filter(ticket__in=ids).order_by("ticket", "version").values_list(*EVENT)
    for pk, at, kind, data, actor, version, sender, visible, marks, channel, author in rows:
        said = said_in(kind, sender, visible=bool(visible), marks=marks or ())
        agent = None if actor in machines else actor
        found[pk].append(Told(at, kind, data, agent, said, channel or "", author))
        versions[pk] = version
    return found, versions


def _clocks(ids: Collection[int]) -> Mapping[int, list[Timed]]:
    ended = Clock.objects.filter(ticket__in=ids, ended_at__isnull=False).exclude(kind=Kind.LOCK)
    rows = ended.order_by("id").values_list("ticket", "kind", "state", "since", "ended_at", "target", "spent")
    return _by_ticket(
        (pk, Timed(kind, state, since, ended_at, target, spent))
        for pk, kind, state, since, ended_at, target, spent in rows
        if ended_at is not None
    )


def _work(ids: Collection[int]) -> Mapping[int, list[Booked]]:
    rows = TimeEntry.objects.filter(ticket__in=ids).order_by("id").values_list("ticket", "at", "minutes", "user")
    return _by_ticket((row[0], Booked(*row[1:])) for row in rows)


def _ratings(ids: Collection[int]) -> Mapping[int, list[Booked]]:
    rows = SurveyAnswer.objects.filter(ticket__in=ids).order_by("id").values_list("ticket", "answered_at", "score")
    return _by_ticket((row[0], Booked(*row[1:])) for row in rows)


def _by_ticket(pairs: Iterable) -> Mapping[int, list]:
    found: dict[int, list] = defaultdict(list)
    for pk, row in pairs:
        found[pk].append(row)
    return found


@remembered
def _machines() -> frozenset[int]:
    return frozenset(User.objects.filter(system_key__isnull=False).values_list("pk", flat=True))


@remembered
def _state_types() -> Mapping[int, str]:
    return dict(State.objects.values_list("id", "type"))
