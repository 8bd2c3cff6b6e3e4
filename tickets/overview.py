"""The day of an agent at a glance: what is urgent, how much the team has, what happened last.

Everything starts at `allowing`; everything is counted and looked at no further than a page needs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, QuerySet

from accounts.models import User
from core.prepared import IDS, prepared
from tickets.models import Event, StateType, Ticket
from tickets.queries import TicketQuerySet
from tickets.rights import queues_for

# Colleagues whose tickets are counted, and of each so many; the ones with the most are shown.
TEAM, SHOWN, COUNTED = 50, 10, 100
URGENT, LATEST = 8, 12
# Events of a ticket among which the last one that a person made is looked for.
LOOKED_BACK = 4
WAITING = (StateType.PENDING_REMINDER, StateType.PENDING_AUTO)


@dataclass(frozen=True)
class Load:
    """What a colleague has, as far as the reader may see it; `COUNTED` means so many or more."""

    person: User
    open: int
    waiting: int
    closed_today: int

    @property
    def all(self) -> int:
        return self.open + self.waiting


def urgent_for(user: User) -> Sequence[Ticket]:
    """The reader's own tickets and those that nobody has, most urgent first: due time, then priority, then age.

    Nothing that waits for somebody else. Cost follows what is open and the reader's or nobody's.
    """
    queues = queues_for(user, "read")
    return sorted([*_urgent_of(user.pk, queues), *_urgent_of_nobody(queues)], key=_urgency)[:URGENT]


@prepared(int, IDS)
def _urgent_of(owner: int, queues: Collection[int]) -> QuerySet[Ticket]:
    return _urgent(queues).filter(owner=owner)[:URGENT]


@prepared(IDS)
def _urgent_of_nobody(queues: Collection[int]) -> QuerySet[Ticket]:
    return _urgent(queues).filter(owner=None)[:URGENT]


def _urgent(queues: Collection[int]) -> TicketQuerySet:
    open_ones = Ticket.objects.in_queues(queues).open().exclude(state__type__in=WAITING)
    order = (F("due_at").asc(nulls_last=True), "-priority__level", "created_at", "id")
    return open_ones.select_related("state", "priority", "queue", "customer", "owner").order_by(*order)


def team_of(user: User) -> QuerySet[User]:
    """The agents who share a role with `user`, and `user`."""
    return _team_of(user.pk)


@prepared(int)
def _team(pk: int) -> QuerySet[User]:
    return _team_of(pk)[:TEAM]


def _team_of(pk: int) -> QuerySet[User]:
    return User.objects.agents().filter(groups__user=pk).distinct().order_by("name", "id")


def load_of_team(user: User, *, since: datetime) -> Sequence[Load]:
    """Who has how much, the most first; `since` is when today began for the reader."""
    team, queues = _team(user.pk), list(queues_for(user, "read"))
    if not team or not queues:
        return []
    people = [person.pk for person in team]
    counts, closed = _counts(people, queues), dict(_closed(people, queues, since))
    loads = [Load(person, *counts[person.pk], closed.get(person.pk, 0)) for person in team]
    return sorted(loads, key=lambda load: (-load.all, load.person.name))[:SHOWN]


def latest_for(user: User) -> Sequence[Event]:
    """The last thing that somebody did to each of the tickets that changed last; receipts and the like are no news."""
    # The numbers first: as subqueries PostgreSQL would join all events with all tickets before it looks at them.
    ids = _last_done_by_people(_newest(queues_for(user, "read")))
    return _events(ids)


@prepared(IDS)
def _newest(queues: Collection[int]) -> QuerySet:
    newest = Ticket.objects.in_queues(queues).order_by("-changed_at", "-id")
    return newest.values_list("pk", flat=True)[:LATEST]


@prepared(IDS)
def _last_done_by_people(tickets: Collection[int]) -> QuerySet:
    last_ones = Event.objects.filter(ticket_id__among=tickets, version__gt=F("ticket__version") - LOOKED_BACK)
    by_people = last_ones.filter(actor__system_key__isnull=True).order_by("ticket", "-version").distinct("ticket")
    return by_people.values_list("pk", flat=True)


@prepared(IDS)
def _events(ids: Collection[int]) -> QuerySet[Event]:
    shown = Event.objects.select_related("ticket", "actor", "on_behalf_of", "article")
    return shown.filter(id__among=ids).order_by("-at", "-id")


def _urgency(ticket: Ticket) -> tuple:
    due = (ticket.due_at,) if ticket.due_at else ()
    return (not due, due, -ticket.priority.level, ticket.created_at, ticket.pk)


def _counts(people: list[int], queues: list[int]) -> dict[int, tuple[int, int]]:
    """Tickets to be worked and waiting ones by owner, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person.id, counted.working, counted.waiting
            FROM unnest(%s) AS person(id),
            LATERAL (
                SELECT count(*) FILTER (WHERE NOT is_waiting) AS working,
                    count(*) FILTER (WHERE is_waiting) AS waiting
                FROM (
                    SELECT state.type = ANY(%s) AS is_waiting
                    FROM tickets_ticket AS ticket JOIN tickets_state AS state ON state.id = ticket.state_id
                    WHERE ticket.owner_id = person.id AND ticket.closed_at IS NULL AND ticket.queue_id = ANY(%s)
                    LIMIT %s
                ) AS counted_rows
            ) AS counted
            """,
            [people, [str(type_) for type_ in WAITING], queues, COUNTED],
        )
        return {pk: (working, waiting) for pk, working, waiting in cursor.fetchall()}


@prepared(IDS, IDS, datetime)
def _closed(people: Collection[int], queues: Collection[int], since: datetime) -> QuerySet:
    """Pairs of an owner and a number. What was closed today was changed today, and by that there is an index."""
    today = Ticket.objects.in_queues(queues).filter(changed_at__gte=since, closed_at__gte=since)
    closed = today.filter(state__type=StateType.CLOSED, owner_id__among=people).order_by().values_list("owner")
    return closed.annotate(number=Count("pk"))
