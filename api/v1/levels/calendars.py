"""Calendars: when a team works."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.levels.access import fingerprint, refused, require_administrator, require_reader, require_seen
from api.v1.levels.forms import ChangedCalendarForm, NewCalendarForm
from api.v1.levels.shapes import CalendarShape
from sla.arranging import remove_calendar
from sla.configuring import save_calendar
from sla.models import Calendar


class _Calendars(Door):
    area = ApiToken.Area.SETUP

    def saved(self, calendar: Calendar, values: dict[str, Any]) -> Calendar:
        for name, value in values.items():
            setattr(calendar, name, value)
        try:
            return save_calendar(calendar, by=self.person)
        except ValidationError as error:
            raise refused(error) from error

    def answer(self, calendar: Calendar, code: int = status.HTTP_200_OK) -> Response:
        shown = self.shaped(calendar, CalendarShape).data
        return Response(shown, code, headers={"ETag": fingerprint(shown)})


class CalendarList(_Calendars):
    order = ("name", "id")

    @extend_schema(
        operation_id="listCalendars",
        summary="List calendars",
        responses=CalendarShape(many=True),
        tags=["SLAs"],
    )
    def get(self, request: Request) -> Response:
        """For agents and administrators."""
        require_reader(self.person)
        return self.listing(Calendar.objects.all(), CalendarShape)

    @extend_schema(
        operation_id="addCalendar",
        summary="Add a calendar",
        parameters=[IDEMPOTENCY_KEY],
        request=NewCalendarForm,
        responses={201: CalendarShape},
        examples=[examples.CALENDAR],
        tags=["SLAs"],
    )
    @once
    def post(self, request: Request) -> Response:
        """A range that does not end after it begins is one over midnight."""
        require_administrator(self.person)
        form = NewCalendarForm(data=request.data)
        form.is_valid(raise_exception=True)
        return self.answer(self.saved(Calendar(), form.validated_data), status.HTTP_201_CREATED)


class CalendarDetail(_Calendars):
    @extend_schema(operation_id="showCalendar", summary="Show a calendar", responses=CalendarShape, tags=["SLAs"])
    def get(self, request: Request, id: int) -> Response:
        """As administrators have written it."""
        require_reader(self.person)
        return self.answer(_found(Calendar.objects.filter(pk=id).first()))

    @extend_schema(
        operation_id="changeCalendar",
        summary="Change a calendar",
        parameters=[IF_SAME],
        request=ChangedCalendarForm,
        responses=CalendarShape,
        tags=["SLAs"],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """What is not named stays. Clocks that count by it follow in the background, and keep what they have spent."""
        require_reader(self.person)
        calendar = _found(Calendar.objects.select_for_update(no_key=True).filter(pk=id).first())
        require_administrator(self.person)
        require_seen(request.headers.get("If-Match"), self.shaped(calendar, CalendarShape).data)
        form = ChangedCalendarForm(data=request.data)
        form.is_valid(raise_exception=True)
        return self.answer(self.saved(calendar, form.validated_data))

    @extend_schema(
        operation_id="removeCalendar",
        summary="Remove a calendar",
        parameters=[IF_SAME],
        responses={204: None},
        tags=["SLAs"],
    )
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """Only one that nothing counts by; else 409."""
        require_reader(self.person)
        calendar = _found(Calendar.objects.select_for_update(no_key=True).filter(pk=id).first())
        require_administrator(self.person)
        require_seen(request.headers.get("If-Match"), self.shaped(calendar, CalendarShape).data)
        try:
            remove_calendar(calendar, by=self.person)
        except ValidationError as error:
            raise CannotBe(" ".join(error.messages)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def _found(calendar: Calendar | None) -> Calendar:
    if calendar is None:
        raise NotFound
    return calendar
