"""What tests of service levels share: an office, an SLA with all targets, and time that tests can set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.people import system_actor
from core.clock import pretend
from sla.configuring import save_calendar, save_policy, save_queue_hours
from sla.models import Calendar, Clock, Policy, QueueHours, QueueTarget, Target
from tickets.models import Priority, Queue, Ticket

HOUR = 3600
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
# A Monday, nine o'clock.
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(day: int, clock: str) -> datetime:
    """`at(1, "10:30")`: so many days after the Monday."""
    hour, minute = map(int, clock.split(":"))
    return MONDAY.replace(hour=hour, minute=minute) + timedelta(days=day)


@contextmanager
def on(day: int, clock: str) -> Iterator[datetime]:
    moment = at(day, clock)
    with pretend(moment):
        yield moment


@pytest.fixture
def office(world) -> Calendar:
    calendar = Calendar(name="Office", zone="UTC", hours=OFFICE, is_default=True)
    return save_calendar(calendar, by=system_actor("system"))


@pytest.fixture
def sla(office: Calendar) -> Callable[..., Policy]:
    """`sla(first_response=2 * HOUR, condition=..., high={"solution": 4 * HOUR})` makes and saves a policy."""

    def make(name: str = "Gold", *, high: dict[str, int | None] | None = None, **options: Any) -> Policy:
        kinds = ("first_response", "next_response", "update", "solution")
        goals = {kind: options.pop(kind) for kind in kinds if kind in options}
        calendars = options.pop("calendars", {})
        targets = [Target(kind=kind, seconds=goal, calendar=calendars.get(kind)) for kind, goal in goals.items()]
        very_high = Priority.objects.get(level=5)
        targets += [Target(kind=kind, seconds=goal, priority=very_high) for kind, goal in (high or {}).items()]
        options.setdefault("condition", {"all": []})
        return save_policy(Policy(name=name, **options), targets, by=system_actor("system"))

    return make


def hours_of_queue(queue: Queue, *, stay: int | None = None, **options: Any) -> QueueHours:
    stays = [QueueTarget(seconds=stay)] if stay else []
    return save_queue_hours(QueueHours(queue=queue, **options), stays, by=system_actor("system"))


def clock(ticket: Ticket, kind: str) -> Clock:
    """The latest of its kind."""
    return Clock.objects.filter(ticket=ticket, kind=kind).order_by("-id")[0]


def journal(ticket: Ticket, kind: str) -> list[tuple[str, datetime, int]]:
    return [(entry.kind, entry.at, entry.spent) for entry in clock(ticket, kind).entries.all()]


def due(ticket: Ticket) -> datetime | None:
    return Ticket.objects.values_list("due_at", flat=True).get(pk=ticket.pk)
