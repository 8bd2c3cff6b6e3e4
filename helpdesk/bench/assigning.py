"""Assignment: how many tickets per second are given to a large team, and how evenly.

The tickets and the team are made for it and go with the end of their transaction; what is committed in earnest is a
savepoint here.
"""

import time
from collections import Counter

from accounts.models import User
from accounts.roles import create_role
from automation import giving
from automation.models import Decision, Method, QueueAssignment
from helpdesk.bench.clocks import bare_tickets
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, from_times, own_peak
from tickets.models import Queue, Ticket
from tickets.rights import grant

TICKETS, AGENTS = 10_000, 200


def assignment(ground: Ground) -> list[Result]:
    """In turn, then to whoever has the least to do. `spread` is between who has got the most and the fewest."""
    return [_given(f"assignment{suffix}", method, ground) for suffix, method in METHODS.items()]


METHODS = {"": Method.ROUND_ROBIN, "_least_load": Method.LEAST_LOAD}


def _given(name: str, method: Method, ground: Ground) -> Result:
    with bare_tickets(TICKETS) as first:
        queue = _queue_with_team(method)
        Ticket.objects.filter(pk__gte=first).update(queue=queue, owner=None)
        times = []
        for ticket in Ticket.objects.filter(pk__gte=first).order_by("pk").iterator():
            started = time.perf_counter()
            giving.give(ticket)
            times.append(time.perf_counter() - started)
        had = Counter(Decision.objects.filter(queue=queue).values_list("agent", flat=True))
        spread = max(had.values()) - min(had.values()) if len(had) == AGENTS else max(had.values())
        if None in had or spread > 1:
            raise AssertionError(f"{len(had)} of {AGENTS} agents have got tickets, between them lie {spread}")
        more = {"agents": AGENTS, "given": len(times), "spread": spread}
        return from_times(name, times, tickets=ground.tickets, peak_mb=own_peak(), more=more)


def _queue_with_team(method: Method) -> Queue:
    queue = Queue.objects.create(name="Bench", path="Bench")
    team = create_role(name="Bench")
    people = [User(email=f"bench{n}@demo.example", name=f"Bench {n}", is_agent=True) for n in range(AGENTS)]
    team.user_set.set(User.objects.bulk_create(people))
    grant(team, queue, "write")
    QueueAssignment.objects.create(queue=queue, method=method)
    return queue
