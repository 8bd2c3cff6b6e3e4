"""Service levels: the arithmetic of business hours, the sweep of what is due, and the setting anew of running clocks.

Clocks by the hundred thousand lie on tickets that are made for them and go with the end of their transaction, so that
the world stays as it is. What is committed in earnest is a savepoint here.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.people import system_actor
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, from_times, measure, own_peak
from sla import retargeting, sweeping
from sla.configuring import save_calendar, save_policy
from sla.hours import WEEKDAYS, Hours, read
from sla.models import Calendar, Clock, Kind, Policy, QueueHours, Retarget, Target
from tickets.models import State, Ticket

SUMS = 1000
CLOCKS, RETARGETED = 1_000_000, 100_000
DUE = (0, 100, 10_000)
KINDS = [kind.value for kind in Kind.of_policies()]
# Those that go on after the first answer.
KEPT_KINDS = KINDS[1:]
OFFICE = {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in WEEKDAYS[:5]}


def business_add(ground: Ground) -> list[Result]:
    """Targets of hours in an office with holidays, of years in it, and around the clock; and what lies between."""
    christmas = [f"{year}-12-25" for year in range(2020, 2060)]
    office = read({"zone": "Europe/Berlin", "hours": OFFICE, "holidays": christmas})
    always = read({"zone": "America/New_York", "hours": {day: [["00:00", "24:00"]] for day in WEEKDAYS}})
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    moments = [start + timedelta(minutes=7 * number) for number in range(SUMS)]
    end = start + timedelta(days=400)
    return [
        _sums("business_add", office, moments, 8 * 3600, ground),
        _sums("business_add_years", office, moments, 20 * 2000 * 3600, ground),
        _sums("business_add_always", always, moments, 400 * 86_400, ground),
        _many("business_between", lambda: [office.between(moment, end) for moment in moments], ground),
    ]


def sla_sweep(ground: Ground) -> list[Result]:
    """A sweep over running clocks of which none, some and many are due; `running` says how many there are."""
    results = []
    with bare_tickets(-(-CLOCKS // len(KINDS))) as first:
        _add_clocks(first, KINDS, None)
        running = Clock.objects.going().count()
        for due in DUE:
            fresh = Clock.objects.filter(ticket__gte=first, fired=[]).order_by("?")
            ids = list(fresh.values_list("pk", flat=True)[:due])
            Clock.objects.filter(pk__in=ids).update(fires_at=timezone.now() - timedelta(seconds=1))
            times = [_swept(due) for _time in range(1 if due else ground.repeat)]
            per_s = (due or len(times)) / sum(times)
            facts = {"per_s": per_s, "peak_mb": own_peak(), "more": {"due": due, "running": running}}
            results.append(from_times("sla_sweep", times, tickets=ground.tickets, **facts))
    return results


def retarget(ground: Ground) -> list[Result]:
    """Running clocks follow a calendar that has changed."""
    actor = system_actor("system")
    with bare_tickets(-(-RETARGETED // len(KEPT_KINDS))) as first:
        Policy.objects.update(is_active=False)
        QueueHours.objects.all().delete()
        office = save_calendar(Calendar(name=f"Bench {uuid.uuid4()}", hours=OFFICE), by=actor)
        policy = Policy(name=f"Bench {uuid.uuid4()}", condition={"all": []}, calendar=office)
        targets = [Target(kind=kind, seconds=40 * 3600) for kind in KEPT_KINDS]
        save_policy(policy, targets, by=actor)
        _add_clocks(first, KEPT_KINDS, policy)
        office.hours = OFFICE | {"sat": [["08:00", "12:00"]]}
        save_calendar(office, by=actor)
        row, started = Retarget.objects.get(calendar=office, finished_at=None), time.perf_counter()
        retargeting.run(row, seconds=float("inf"))
        elapsed = time.perf_counter() - started
        moved = Clock.objects.going().filter(calendar=office.current()).count()
        if moved < RETARGETED:
            raise AssertionError(f"{moved} of {RETARGETED} clocks were set anew")
        facts = {"per_s": moved / elapsed, "peak_mb": own_peak(), "more": {"clocks": moved}}
        return [from_times("retarget", [elapsed], tickets=ground.tickets, **facts)]


def _sums(name: str, hours: Hours, moments: list[datetime], seconds: int, ground: Ground) -> Result:
    return _many(name, lambda: [hours.add(moment, seconds) for moment in moments], ground)


def _many(name: str, act: Callable[[], object], ground: Ground) -> Result:
    """`SUMS` at a time, as one takes less than a watch can tell."""
    result = measure(name, lambda _number: act(), repeat=ground.repeat, tickets=ground.tickets)
    return replace(result, per_s=(result.per_s or 0) * SUMS)


def _swept(due: int) -> float:
    started, told = time.perf_counter(), 0
    while True:
        now_told = sweeping.sweep()
        told += now_told
        if told >= due or not now_told:
            break
    elapsed = time.perf_counter() - started
    if told != due:
        raise AssertionError(f"{due} were due, {told} were told")
    return elapsed


@contextmanager
def bare_tickets(number: int) -> Iterator[int]:
    """Open tickets with nothing on them, for the length of this block; gives the id of the first."""
    with transaction.atomic():
        yield add_bare_tickets(number)
        transaction.set_rollback(True)


def add_bare_tickets(number: int) -> int:
    """The same for good; within a transaction of the caller."""
    like = Ticket.objects.order_by("-id")[0]
    columns = [f.column for f in Ticket._meta.concrete_fields if f.column not in ("id", "number")]
    own = {"closed_at": "NULL", "state_id": "%s", "version": "0", "chain": "''", "due_at": "NULL"}
    opened = State.objects.get(name="open").pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute(
            f"INSERT INTO tickets_ticket (number, {', '.join(columns)}) "  # noqa: S608 - names of columns
            f"SELECT 'B' || %s || '-' || n, {', '.join(own.get(column, column) for column in columns)} "
            "FROM tickets_ticket, generate_series(1, %s) AS n WHERE id = %s",
            [like.pk, opened, number, like.pk],
        )
    return Ticket.objects.filter(pk__gt=like.pk).order_by("pk").values_list("pk", flat=True)[0]


def _add_clocks(first: int, kinds: list[str], policy: Policy | None) -> None:
    """A clock of each kind on each of the bare tickets, begun a day ago, with marks that are days away."""
    begun, later = timezone.now().replace(microsecond=0) - timedelta(days=1), timezone.now() + timedelta(days=9)
    version = policy.calendar.current().pk if policy and policy.calendar else None
    pk = policy.pk if policy else None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sla_tickettargets (ticket_id, policy_id, is_chosen, terms, state_id, phase, opened_at, "
            "answered_at, contact_at, waiting_since, queue_since, was_closed) "
            "SELECT id, %s, false, '', state_id, 'active', %s, %s, %s, %s, %s, false "
            "FROM tickets_ticket WHERE id >= %s",
            [pk, begun, begun, begun, begun, begun, first],
        )
        cursor.execute(
            "INSERT INTO sla_clock (ticket_id, kind, state, policy_id, since, calendar_id, target, spent, counted_at, "
            "due_at, marks, fired, fires_at, lines) "
            "SELECT id, kind, 'running', %s, %s, %s, 144000, 0, %s, %s, '[[\"breach\", 144000]]', '{}', %s, 0 "
            "FROM tickets_ticket, unnest(%s::text[]) AS kind WHERE id >= %s",
            [pk, begun, version, begun, later, later, kinds, first],
        )
        cursor.execute("ANALYZE sla_clock, sla_tickettargets")
