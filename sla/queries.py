"""Questions about what is due: for lists, for the portal, for reports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, TextChoices
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from sla.models import Clock, Kind, State
from tickets.models import Ticket
from tickets.queries import TicketQuerySet

# What lets a customer hear from us.
RESPONSES = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE, Kind.UPDATE)


class Due(TextChoices):
    """When something is due, in the days of whoever looks."""

    OVERDUE = "overdue", pgettext_lazy("due", "Overdue")
    TODAY = "today", pgettext_lazy("due", "Today")
    TOMORROW = "tomorrow", pgettext_lazy("due", "Tomorrow")
    THIS_WEEK = "week", pgettext_lazy("due", "Later this week")
    LATER = "later", pgettext_lazy("due", "Later")


def due_in(tickets: TicketQuerySet, due: Due, now: datetime) -> TicketQuerySet:
    """Those of `tickets` that are due then, the most urgent first."""
    begin, end = _bounds(due, now)
    found = tickets.filter(due_at__isnull=False)
    if begin is not None:
        found = found.filter(due_at__gt=begin)
    if end is not None:
        found = found.filter(due_at__lte=end)
    return found.order_by("due_at", "id")


def when_due(ticket: Ticket, now: datetime) -> Due | None:
    """Which of them a ticket belongs to."""
    if ticket.due_at is None:
        return None
    for due in Due:
        _begin, end = _bounds(due, now)
        if end is None or ticket.due_at <= end:
            return due
    return None


def expected_answer(ticket: Ticket) -> datetime | None:
    """When the customer may expect to hear from us: the earlier of the promised responses that run."""
    expected = expectations([ticket]).get(ticket.pk)
    return expected.at if expected else None


@dataclass(frozen=True)
class Expected:
    """What a customer waits for. `at` is None while our clocks stand still; `answers`: something the customer said."""

    at: datetime | None
    answers: bool = False


def expectations(tickets: Iterable[Ticket]) -> Mapping[int, Expected]:
    """By the ticket's id, in one query: the earliest of the promised responses that run, else that all stands still.

    Tickets for which nothing is promised to the customer now are left out.
    """
    clocks = Clock.objects.going().filter(ticket__in=[ticket.pk for ticket in tickets], kind__in=Kind.of_policies())
    found: dict[int, Expected] = {}
    for clock in clocks.order_by("ticket", F("due_at").asc(nulls_last=True)):
        if clock.kind in RESPONSES and clock.due_at:
            found.setdefault(clock.ticket_id, Expected(clock.due_at, answers=clock.kind != Kind.UPDATE))
        elif clock.state == State.PAUSED:
            found.setdefault(clock.ticket_id, Expected(None))
    return found


def _bounds(due: Due, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From after the first to the second."""
    midnight = _midnight(now, days=1)
    after = _midnight(now, days=2)
    # A week ends with Sunday; on Saturdays and Sundays nothing is left of it that is not today or tomorrow.
    week = max(after, _midnight(now, days=7 - timezone.localtime(now).weekday()))
    ends = {Due.OVERDUE: now, Due.TODAY: midnight, Due.TOMORROW: after, Due.THIS_WEEK: week, Due.LATER: None}
    order = list(ends)
    before = order.index(due) - 1
    return (ends[order[before]] if before >= 0 else None), ends[due]


def _midnight(now: datetime, *, days: int) -> datetime:
    """The beginning of the day so many days after today, in the zone of whoever looks."""
    local = timezone.localtime(now)
    day = local.date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=local.tzinfo)
