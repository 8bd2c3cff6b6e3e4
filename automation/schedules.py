"""Setting schedules up, and what one would do now. Every change is audited."""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.audit import remove_audited, save_audited
from accounts.models import User
from automation.effects import EffectError, check_effects
from automation.models import Schedule, ScheduleItem, ScheduleMark, ScheduleRun
from automation.times import NoTimes, next_time, upcoming
from core.clock import now
from core.text import clean_line
from core.work import wake
from tickets.conditions import ConditionError, check, to_q, viewer
from tickets.models import Ticket
from tickets.queries import TicketQuerySet

SHOWN_TIMES = 5


def save_schedule(schedule: Schedule, *, by: User) -> Schedule:
    """Keep a new or changed schedule. Raises `ValidationError` by field."""
    schedule.name = clean_line(schedule.name, 100)
    schedule.cron = " ".join(schedule.cron.split())
    _check(schedule)
    with transaction.atomic():
        known = Schedule.objects.select_for_update().filter(pk=schedule.pk).first() if schedule.pk else None
        schedule.next_at = _next_at(schedule, known)
        save_audited(schedule, by=by)
    return schedule


def pause_schedule(schedule: Schedule, *, by: User) -> None:
    """It runs no more by itself, also when something that it names is gone. A run that goes on is not stopped."""
    with transaction.atomic():
        row = Schedule.objects.select_for_update().get(pk=schedule.pk)
        row.is_active, row.next_at = False, None
        save_audited(row, by=by)


def remove_schedule(schedule: Schedule, *, by: User) -> None:
    """With its runs; what they did stays in the histories of the tickets."""
    remove_audited(schedule, by=by)


def run_now(schedule: Schedule, *, by: User) -> ScheduleRun:
    """A run that a person asks for, whatever the time, also of a schedule that is inactive.

    Raises `ValidationError` while another one goes on.
    """
    try:
        with transaction.atomic():
            run = ScheduleRun.objects.create(schedule=schedule, asked_by=by)
            wake(run)
    except IntegrityError as error:
        raise ValidationError(_("It is running already.")) from error
    return run


def stop_run(run: ScheduleRun, *, by: User) -> bool:
    """No further ticket is touched; false when it was over already."""
    with transaction.atomic():
        row = ScheduleRun.objects.select_for_update().get(pk=run.pk)
        if row.finished_at is not None:
            return False
        row.items.filter(state=ScheduleItem.State.WAITING).delete()
        row.finish()
        row.problem, row.last_error = ScheduleRun.Problem.STOPPED, by.name
        close_run(row)
    return True


def close_run(run: ScheduleRun) -> None:
    """It is over: what became of its tickets is counted."""
    states = list(run.items.values_list("state", flat=True))
    run.finished_at = now()
    run.total, run.done = len(states), states.count(ScheduleItem.State.DONE)
    run.failed = states.count(ScheduleItem.State.FAILED)
    run.save_work("finished_at", "total", "done", "failed", "problem")


def go_on(run: ScheduleRun) -> None:
    """A run that was given up is tried again. Raises `ValidationError` while another one goes on."""
    try:
        with transaction.atomic():
            row = ScheduleRun.objects.select_for_update().get(pk=run.pk)
            if row.parked_at is None:
                return
            row.retry()
            row.save_work()
            wake(row)
    except IntegrityError as error:
        raise ValidationError(_("It is running already.")) from error


def tickets_for(schedule: Schedule) -> TicketQuerySet:
    """What a run would be about now, unordered; never what is merged into another ticket or in the trash.

    Raises `ConditionError`.
    """
    found = Ticket.objects.not_removed().filter(merged_into=None).filter(to_q(schedule.condition, viewer(None)))
    if schedule.once_per_ticket and schedule.pk:
        found = found.exclude(Exists(ScheduleMark.objects.filter(schedule=schedule, ticket=OuterRef("pk"))))
    return found


def next_times(cron: str, zone: str, number: int = SHOWN_TIMES) -> list[datetime]:
    """The next few times, none when the line cannot be read."""
    try:
        return list(islice(upcoming(cron, zone, now()), number))
    except NoTimes:
        return []


def _next_at(schedule: Schedule, known: Schedule | None) -> datetime | None:
    """A time that is due already stays so; other times count from now on."""
    if not schedule.is_active:
        return None
    if known and known.next_at and (known.cron, known.zone) == (schedule.cron, schedule.zone):
        return known.next_at
    return next_time(schedule.cron, schedule.zone, now())


def _check(schedule: Schedule) -> None:
    problems: dict[str, str] = {}
    if not schedule.name:
        problems["name"] = _("Give it a name.")
    if schedule.zone not in available_timezones():
        problems["zone"] = _("There is no such time zone.")
    elif not _comes(schedule):
        problems["cron"] = _("This line cannot be read, or its time never comes.")
    problems |= _wrong_data(schedule.condition, schedule.effects)
    if problems:
        raise ValidationError(problems)
    schedule.clean_fields()


def _comes(schedule: Schedule) -> bool:
    try:
        next_time(schedule.cron, schedule.zone, now())
    except NoTimes:
        return False
    return True


def _wrong_data(condition: Mapping[str, Any], effects: Any) -> dict[str, str]:
    problems: dict[str, str] = {}
    try:
        check(condition)
    except ConditionError as error:
        problems["condition"] = str(error)
    try:
        check_effects(effects)
        if not effects:
            problems["effects"] = _("Add at least one effect.")
    except EffectError as error:
        problems["effects"] = str(error)
    return problems
