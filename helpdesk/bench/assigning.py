"""Assignment: how many tickets per second are given to a large team, and how evenly.

Each ticket is a transaction, as for a worker. The tickets stay in the world, closed; the team leaves.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import create_role
from automation import giving
from automation.models import Decision, Method, QueueAssignment
from core.memo import for_a_moment
from helpdesk.bench.clocks import add_bare_tickets
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, from_times, own_peak
from sla.models import Clock, TicketTargets
from tickets.models import Delivery, Queue, State, StateType, Ticket
from tickets.rights import grant

TICKETS, AGENTS = 10_000, 200
METHODS = {"": Method.ROUND_ROBIN, "_least_load": Method.LEAST_LOAD}


def assignment(ground: Ground) -> list[Result]:
    """In turn, then to whoever has the least to do. `spread` is between who has got the most and the fewest,
    `computing_ms` what a ticket costs this process without waiting for the database; `first_ms` and `last_ms` are the
    medians of the first and the last tenth, which tell whether it grows with what the team has already."""
    return [_given(f"assignment{suffix}", method, ground) for suffix, method in METHODS.items()]


def _given(name: str, method: Method, ground: Ground) -> Result:
    with _queue_full_of_tickets(method) as queue:
        first, *others = Ticket.objects.filter(queue=queue).order_by("pk").iterator()
        with CaptureQueriesContext(connection) as counted:
            _give(first)
        _promise_alike(first, queue)
        begun = time.process_time()
        times = [_give(ticket) for ticket in others]
        computing = (time.process_time() - begun) * 1000 / len(others)
        had = Counter(Decision.objects.filter(queue=queue).values_list("agent", flat=True))
    spread = max(had.values()) - min(had.values()) if len(had) == AGENTS else max(had.values())
    if None in had or spread > 1:
        raise AssertionError(f"{len(had)} of {AGENTS} agents have got tickets, between them lie {spread}")
    tenth = max(1, len(times) // 10)
    more = {
        "agents": AGENTS,
        "given": TICKETS,
        "spread": spread,
        "computing_ms": round(computing, 1),
        "first_ms": round(sorted(times[:tenth])[tenth // 2] * 1000, 1),
        "last_ms": round(sorted(times[-tenth:])[tenth // 2] * 1000, 1),
    }
    facts = {"queries": len(counted), "peak_mb": own_peak(), "more": more}
    return from_times(name, times, tickets=ground.tickets, **facts)


def _give(ticket: Ticket) -> float:
    started = time.perf_counter()
    with for_a_moment():
        giving.give_at_work(ticket)
    return time.perf_counter() - started


@contextmanager
def _queue_full_of_tickets(method: Method) -> Iterator[Queue]:
    """Tickets of nobody in a queue that gives them to a team of its own, put away afterwards."""
    with transaction.atomic():
        queue, people = _queue_with_team(method)
        Ticket.objects.filter(pk__gte=add_bare_tickets(TICKETS)).update(queue=queue, owner=None)
    try:
        yield queue
    finally:
        tickets = Ticket.objects.filter(queue=queue)
        with transaction.atomic():
            Delivery.objects.filter(ticket_id__in=tickets.values("pk")).delete()
            Clock.objects.filter(ticket__in=tickets).delete()
            QueueAssignment.objects.filter(queue=queue).delete()
            Decision.objects.filter(queue=queue).delete()
            closed = State.objects.filter(type=StateType.CLOSED)[0]
            tickets.update(state=closed, closed_at=timezone.now(), owner=None)
            User.objects.filter(pk__in=[person.pk for person in people]).update(is_active=False)
            Queue.objects.filter(pk=queue.pk).update(is_active=False)


def _queue_with_team(method: Method) -> tuple[Queue, list[User]]:
    name = f"Bench {time.time_ns()}"
    queue = Queue.objects.create(name=name, path=name)
    team = create_role(name=name)
    people = [
        User(email=f"{number}.{time.time_ns()}@bench.example", name=name, is_agent=True) for number in range(AGENTS)
    ]
    team.user_set.set(User.objects.bulk_create(people))
    grant(team, queue, "write")
    QueueAssignment.objects.create(queue=queue, method=method)
    return queue, people


def _promise_alike(first: Ticket, queue: Queue) -> None:
    """What the first ticket was promised when something happened to it, all others are promised, too: as a rule that
    has been done when a ticket is opened, and is no part of giving it."""
    for model in (TicketTargets, Clock):
        table = model._meta.db_table
        columns = [f.column for f in model._meta.concrete_fields if f.column not in ("id", "ticket_id")]
        like = ", ".join(f"alike.{column}" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (ticket_id, {', '.join(columns)}) "  # noqa: S608 - names of columns
                f"SELECT ticket.id, {like} FROM {table} alike, tickets_ticket ticket "
                "WHERE alike.ticket_id = %s AND ticket.queue_id = %s AND ticket.id <> %s",
                [first.pk, queue.pk, first.pk],
            )
