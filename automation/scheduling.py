"""Schedules as they run: what is due begins once, and goes on ticket by ticket until all are seen to.

A run chooses its tickets when it begins, and deals with each in a transaction of its own, together with what became of
it: whoever is killed in between has done no ticket half and none twice. Times that pass while nobody runs them, or
while the run before goes on, are made up for by one run.
"""

import logging
import time
from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.people import system_actor
from automation.effects import Context, do_effect
from automation.models import Schedule, ScheduleItem, ScheduleMark, ScheduleRun
from automation.schedules import close_run, tickets_for
from automation.times import NoTimes, next_time, times_between
from core.clock import now
from core.work import wake
from tickets.changes import hold_row
from tickets.conditions import ConditionError, matches, viewer
from tickets.events import Cause, TooDeep
from tickets.models import Ticket
from tickets.steps import Refused

log = logging.getLogger(__name__)

# For less than a task may last; the rest is due again at once.
SECONDS = 40
STARTED_AT_ONCE = 100
CHUNK = 200
# How long results are kept: those of each ticket, runs that found nothing, and runs at all.
DAYS_OF_ITEMS, DAYS_OF_EMPTY, DAYS_OF_RUNS = 30, 7, 400

State = ScheduleItem.State


class Busy(Exception):
    """All that is left is in other hands: the run is tried again later."""


def start_due() -> int:
    """Begin a run for every schedule whose time has come; returns how many began."""
    due = Schedule.objects.filter(next_at__lte=now()).order_by("next_at", "pk")
    return sum(_start_unless_it_fails(pk) for pk in due.values_list("pk", flat=True)[:STARTED_AT_ONCE])


def run(row: ScheduleRun, *, seconds: float = SECONDS) -> None:
    """Go on where the last one stopped, for so long; what is left is due again at once."""
    if row.started_at is None:
        _choose_tickets(row)
    end = time.monotonic() + seconds
    if row.finished_at is None and not _see_to(row, end):
        # there was no failure: all tries are left
        row.due_at, row.attempts = timezone.now() + timedelta(seconds=1), 0
    over = ScheduleRun.objects.filter(pk=row.pk, finished_at__isnull=False).first()
    if over is not None:
        # whoever closed it has said why; nothing is due any more
        row.due_at, row.last_error = None, over.last_error


def forget_old() -> None:
    """Runs become history of the tickets; their own record ends."""
    moment = now()

    def older_than(days: int) -> QuerySet[ScheduleRun]:
        return ScheduleRun.objects.filter(finished_at__lt=moment - timedelta(days=days))

    ScheduleItem.objects.filter(run__in=older_than(DAYS_OF_ITEMS)).delete()
    older_than(DAYS_OF_EMPTY).filter(total=0, problem="").delete()
    older_than(DAYS_OF_RUNS).delete()


def _start_unless_it_fails(pk: int) -> bool:
    try:
        return _start(pk)
    except Exception:
        log.exception("schedule %s did not start", pk)
        return False


def _start(pk: int) -> bool:
    """False when somebody else has begun it, or the run before is not over: then it stays due."""
    with transaction.atomic():
        moment = now()
        schedule = Schedule.objects.select_for_update(skip_locked=True).filter(pk=pk, next_at__lte=moment).first()
        if schedule is None or schedule.next_at is None:
            return False
        if schedule.runs.filter(finished_at=None, parked_at=None).exists():
            return False
        due, missed = schedule.next_at, 0
        try:
            missed = times_between(schedule.cron, schedule.zone, due, moment)
            schedule.next_at = next_time(schedule.cron, schedule.zone, moment)
        except NoTimes:
            schedule.next_at = None
        schedule.save(update_fields=["next_at"])
        begun, is_new = ScheduleRun.objects.get_or_create(schedule=schedule, due_for=due, defaults={"missed": missed})
        if is_new:
            wake(begun)
        return is_new


def _choose_tickets(row: ScheduleRun) -> None:
    """The oldest first; a search that cannot be read any more ends the run with the reason."""
    schedule = row.schedule
    with transaction.atomic():
        try:
            oldest = tickets_for(schedule).order_by("created_at", "pk").values_list("pk", flat=True)
            found = list(oldest[: schedule.limit + 1])
        except ConditionError as error:
            row.started_at, row.problem, row.last_error = now(), ScheduleRun.Problem.CONDITION, str(error)
            row.save(update_fields=["started_at"])
            close_run(row)
            return
        chosen = found[: schedule.limit]
        ScheduleItem.objects.bulk_create([ScheduleItem(run=row, ticket_id=pk) for pk in chosen], batch_size=1000)
        row.started_at, row.total, row.is_limited = now(), len(chosen), len(found) > len(chosen)
        row.save(update_fields=["started_at", "total", "is_limited"])


def _see_to(row: ScheduleRun, end: float) -> bool:
    """Whether all tickets have been seen to in time. Raises `Busy`."""
    context = Context(by=system_actor("rules"), cause=Cause("schedule", str(row.schedule_id)))
    left: set[int] = set()
    seen = 0
    while time.monotonic() < end:
        waiting = ScheduleItem.objects.filter(run=row, state=State.WAITING).exclude(pk__in=left).order_by("pk")
        chunk = list(waiting.values_list("pk", flat=True)[:CHUNK])
        if not chunk:
            if left and not seen:
                raise Busy
            if not left:
                _finish(row)
            return not left
        for pk in chunk:
            if time.monotonic() >= end:
                return False
            try:
                seen += _see_to_one(pk, row, context)
            except OperationalError:  # an agent holds the ticket
                log.warning("ticket of item %s is in other hands", pk)
                left.add(pk)
    return False


def _finish(row: ScheduleRun) -> None:
    with transaction.atomic():
        fresh = ScheduleRun.objects.select_for_update(of=("self",)).filter(pk=row.pk, finished_at=None).first()
        if fresh is not None:
            close_run(fresh)


def _see_to_one(pk: int, row: ScheduleRun, context: Context) -> bool:
    """One ticket with all that is done to it, and what became of it: one transaction."""
    with transaction.atomic():
        waiting = ScheduleItem.objects.select_for_update(skip_locked=True, of=("self",))
        item = waiting.filter(pk=pk, state=State.WAITING, run__finished_at=None).first()
        if item is None:
            return False
        item.state, item.reason = _outcome(item.ticket_id, row.schedule, context)
        item.save(update_fields=["state", "reason"])
        if row.schedule.once_per_ticket and item.state in (State.DONE, State.UNCHANGED):
            ScheduleMark.objects.get_or_create(schedule=row.schedule, ticket_id=item.ticket_id)
        return True


def _outcome(ticket_id: int, schedule: Schedule, context: Context) -> tuple[str, str]:
    """All effects or none."""
    try:
        with transaction.atomic():
            hold_row(ticket_id)
            ticket = _fresh(ticket_id)
            if ticket.merged_into_id or ticket.is_removed or not matches(ticket, schedule.condition, viewer(None)):
                return State.GONE, ""
            changed = False
            for values in schedule.effects:
                changed = do_effect(values, ticket, context) is not None or changed
                ticket = _fresh(ticket_id)
            return (State.DONE if changed else State.UNCHANGED), ""
    except Refused as refusal:
        return State.FAILED, refusal.code
    except TooDeep:
        return State.FAILED, "deep"
    except OperationalError:
        raise
    except Exception:
        log.exception("schedule %s failed with a ticket", schedule.pk)
        return State.FAILED, "error"


def _fresh(pk: int) -> Ticket:
    return Ticket.objects.select_related("queue", "state").get(pk=pk)
