"""Schedules and their runs as the administration lists them, with names asked for once for all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.utils.functional import cached_property

from accounts.models import User
from automation.effects import reason, sentence_of
from automation.models import Schedule, ScheduleItem, ScheduleRun
from automation.naming import names_known
from tickets.models import Ticket
from web.common.condition_words import in_words
from web.common.effect_words import named_in
from web.setup.admin_choices import AdminChoices
from web.setup.schedule_page import told_times

LATEST = 5


@dataclass(frozen=True)
class ToldRun:
    """`waiting` is known of a run that goes on."""

    run: ScheduleRun
    waiting: int = 0

    @property
    def is_going(self) -> bool:
        return self.run.finished_at is None and self.run.parked_at is None

    @property
    def seen_to(self) -> int:
        return self.run.total - self.waiting

    @cached_property
    def took(self) -> timedelta | None:
        start, end = self.run.started_at, self.run.finished_at
        return end - start if start and end else None

    @property
    def seconds(self) -> float:
        return self.took.total_seconds() if self.took else 0

    @property
    def unchanged(self) -> int:
        return max(0, self.run.total - self.run.done - self.run.failed)

    @property
    def problem(self) -> str:
        text = str(self.run.get_problem_display()) if self.run.problem else ""
        return text % {"detail": self.run.last_error} if text else ""


@dataclass(frozen=True)
class Row:
    schedule: Schedule
    condition: str
    effects: Sequence[str]
    next_time: str
    last: ToldRun | None


def rows(choices: AdminChoices) -> list[Row]:
    """All schedules; as many queries for one as for a hundred."""
    last = ScheduleRun.objects.filter(schedule=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    schedules = list(Schedule.objects.annotate(last_run=Subquery(last)))
    runs = {one.run.pk: one for one in told_runs(ScheduleRun.objects.filter(pk__in=[s.last_run for s in schedules]))}
    words = in_words([schedule.condition for schedule in schedules], choices)
    with names_known(named_in(values for schedule in schedules for values in schedule.effects)):
        return [
            Row(
                schedule,
                condition,
                [sentence_of(values) for values in schedule.effects],
                told_times([schedule.next_at], schedule.zone)[0] if schedule.next_at else "",
                runs.get(schedule.last_run),
            )
            for schedule, condition in zip(schedules, words, strict=True)
        ]


def told_runs(runs: Iterable[ScheduleRun]) -> list[ToldRun]:
    found = list(runs)
    going = [run.pk for run in found if run.finished_at is None]
    waiting: dict[int, int] = {}
    if going:
        items = ScheduleItem.objects.filter(run__in=going, state=ScheduleItem.State.WAITING)
        for pk in items.values_list("run", flat=True):
            waiting[pk] = waiting.get(pk, 0) + 1
    return [ToldRun(run, waiting.get(run.pk, 0)) for run in found]


def latest_runs(schedule: Schedule) -> list[ToldRun]:
    return told_runs(schedule.runs.select_related("asked_by")[:LATEST])


@dataclass(frozen=True)
class ToldItem:
    item: ScheduleItem
    may_read: bool

    @property
    def reason(self) -> str:
        return reason(self.item.reason) if self.item.reason else ""


def told_items(items: Sequence[ScheduleItem], reader: User) -> list[ToldItem]:
    ids = [item.ticket_id for item in items]
    readable = set(Ticket.objects.allowing(reader, "read").filter(pk__in=ids).values_list("pk", flat=True))
    return [ToldItem(item, item.ticket_id in readable) for item in items]
