"""Schedules: kept, tried, run now, and what their runs did."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api import examples
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY
from api.v1.automation.forms import NewScheduleForm
from api.v1.automation.shapes import ScheduleItemShape, ScheduleRunShape, ScheduleShape, ScheduleTrialShape
from api.v1.automation.trials import told_schedule
from api.v1.kinds import Administration, Kind, Values, detail_of, list_of, put
from automation.models import Schedule, ScheduleItem, ScheduleRun
from automation.schedules import go_on, remove_schedule, run_now, save_schedule, stop_run

TAG = "Automation"
FAILED = OpenApiParameter("failed", OpenApiTypes.BOOL, description="true: only where it was not possible.")


def _filled(schedule: Schedule, values: Values) -> Schedule:
    if schedule.pk is None:
        schedule.is_active, schedule.zone = False, timezone.get_default_timezone_name()
    put(schedule, values)
    return schedule


def _save(schedule: Schedule, values: Values, by: User) -> None:
    """A schedule that is paused is kept as it is said, whatever it names; what cannot run is not switched on."""
    save_schedule(_filled(schedule, values), by=by)


SCHEDULES = Kind(
    name="Schedule",
    many="Schedules",
    one="a schedule",
    some="schedules",
    tag=TAG,
    shape=ScheduleShape,
    form=NewScheduleForm,
    rows=lambda: Schedule.objects.all(),
    save=_save,
    remove=remove_schedule,
    about={
        "add": "A new one is paused unless `is_active` says otherwise.",
        "change": "What is not named stays as it is. `is_active` pauses it and lets it run again; times that have "
        "passed meanwhile are over.",
        "remove": "With its runs; what they did stays in the histories of the tickets.",
    },
    examples=[examples.SCHEDULE],
)
ScheduleList, ScheduleDetail = list_of(SCHEDULES), detail_of(SCHEDULES)


class ScheduleTrial(Administration):
    @extend_schema(
        operation_id="trySchedule",
        summary="What a schedule would do now",
        request=None,
        responses=ScheduleTrialShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """With how many tickets a run would deal, the first of them, and how many mails would leave."""
        found = told_schedule(self.only(Schedule.objects.all(), id), self.person)
        return Response(self.shaped(found, ScheduleTrialShape).data)


class NewScheduleTrial(Administration):
    @extend_schema(
        operation_id="tryNewSchedule",
        summary="What a schedule would do that is not there yet",
        request=NewScheduleForm,
        responses=ScheduleTrialShape,
        tags=[TAG],
    )
    def post(self, request: Request) -> Response:
        """As `trySchedule`, of a schedule that is sent whole and not kept."""
        found = told_schedule(_filled(Schedule(), self.read(NewScheduleForm)), self.person)
        return Response(self.shaped(found, ScheduleTrialShape).data)


class ScheduleRunList(Administration):
    order = ("-id",)
    parameters = ("failed",)

    @extend_schema(
        operation_id="listScheduleRuns",
        summary="Runs of a schedule",
        parameters=[FAILED],
        responses=ScheduleRunShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, id: int) -> Response:
        """The newest first."""
        runs: Any = self.only(Schedule.objects.all(), id).runs.select_related("asked_by")
        if request.query_params.get("failed") == "true":
            runs = runs.filter(failed__gt=0) | runs.exclude(problem="") | runs.filter(parked_at__isnull=False)
        return self.listing(runs, ScheduleRunShape)

    @extend_schema(
        operation_id="runSchedule",
        summary="Run a schedule now",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={201: ScheduleRunShape},
        tags=[TAG],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """Whatever the time, also of one that is paused. 409 while another run goes on."""
        schedule = self.only(Schedule.objects.all(), id)
        if schedule.runs.filter(finished_at=None, parked_at=None).exists():
            raise CannotBe(_("It is running already."))
        run = run_now(schedule, by=self.person)
        return Response(self.shaped(run, ScheduleRunShape).data, status.HTTP_201_CREATED)


class _Run(Administration):
    def run_of(self, pk: int, run: int) -> ScheduleRun:
        return self.only(ScheduleRun.objects.filter(schedule=pk).select_related("asked_by"), run)

    def now(self, run: ScheduleRun) -> Response:
        fresh = ScheduleRun.objects.select_related("asked_by").get(pk=run.pk)
        return Response(self.shaped(fresh, ScheduleRunShape).data)


class ScheduleRunDetail(_Run):
    @extend_schema(
        operation_id="showScheduleRun", summary="Show a run of a schedule", responses=ScheduleRunShape, tags=[TAG]
    )
    def get(self, request: Request, id: int, run: int) -> Response:
        """What it dealt with; its tickets are in its items."""
        return self.now(self.run_of(id, run))


class ScheduleItemList(_Run):
    parameters = ("failed",)

    @extend_schema(
        operation_id="listScheduleItems",
        summary="Tickets of a run",
        parameters=[FAILED],
        responses=ScheduleItemShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, id: int, run: int) -> Response:
        """With what became of each, kept for 30 days."""
        items = self.run_of(id, run).items.select_related("ticket")
        if request.query_params.get("failed") == "true":
            items = items.filter(state=ScheduleItem.State.FAILED)
        return self.listing(items, ScheduleItemShape)


class ScheduleRunStop(_Run):
    @extend_schema(
        operation_id="stopScheduleRun",
        summary="Stop a run",
        request=None,
        responses=ScheduleRunShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int, run: int) -> Response:
        """No further ticket is touched. 409 when it is over already."""
        one = self.run_of(id, run)
        if not stop_run(one, by=self.person):
            raise CannotBe(_("The run is over already."))
        return self.now(one)


class ScheduleRunAgain(_Run):
    @extend_schema(
        operation_id="resumeScheduleRun",
        summary="Go on with a run that was given up",
        request=None,
        responses=ScheduleRunShape,
        tags=[TAG],
    )
    def post(self, request: Request, id: int, run: int) -> Response:
        """With the tickets that are left; one that was not given up stays as it is."""
        one = self.run_of(id, run)
        if one.schedule.runs.filter(finished_at=None, parked_at=None).exclude(pk=one.pk).exists():
            raise CannotBe(_("It is running already."))
        go_on(one)
        return self.now(one)
