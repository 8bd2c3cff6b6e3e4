"""Work on tickets: the time that was spent, who follows, and macros."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import SHOWN, worked_ticket
from api.v1.copies import NewWatcherForm, add_watcher
from api.v1.fields import StrictSerializer, TextField
from api.v1.shapes import PersonShape, RowShape, TicketShape
from automation.macros import offered_on, run_macro
from tickets.actions.effort import remove_time, spend
from tickets.actions.taking_part import unwatch, watch
from tickets.events import Cause
from tickets.models import Ticket, TimeEntry
from tickets.models.effort import A_DAY
from tickets.steps import Refused


class NewTimeForm(StrictSerializer):
    minutes = serializers.IntegerField(min_value=1, max_value=A_DAY)
    note = TextField(max_length=200, allow_blank=True, default="")
    at = serializers.DateTimeField(required=False, help_text="When it was; now, when left out.")

    def validate_at(self, moment: datetime) -> datetime:
        if moment > timezone.now():
            raise serializers.ValidationError(_("This is in the future."))
        return moment


class TimeEntryShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    person = PersonShape(source="user")
    minutes = serializers.IntegerField()
    note = serializers.CharField()
    at = serializers.DateTimeField()


class TimeList(Door):
    area = ApiToken.Area.TICKETS
    order = ("id",)

    @extend_schema(
        operation_id="listTime",
        summary="List the time spent",
        parameters=[NUMBER],
        responses=TimeEntryShape(many=True),
        tags=["Tickets"],
    )
    def get(self, request: Request, number: str) -> Response:
        """Every entry; the sum is `time_spent` of the ticket."""
        ticket = worked_ticket(self.person, number)
        return self.listing(TimeEntry.objects.filter(ticket=ticket).select_related("user"), TimeEntryShape)

    @extend_schema(
        operation_id="addTime",
        summary="Note time spent",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=NewTimeForm,
        responses={201: TimeEntryShape},
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """By the token's person. Needs the right to add notes."""
        ticket = worked_ticket(self.person, number, "note")
        form = NewTimeForm(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        spend(ticket, values["minutes"], note=values["note"], at=values.get("at"), by=self.person, cause=self.cause)
        entry = TimeEntry.objects.select_related("user").filter(ticket=ticket, user=self.person).latest("pk")
        return Response(self.shaped(entry, TimeEntryShape).data, status.HTTP_201_CREATED)


class TimeDetail(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="removeTime",
        summary="Remove an entry of time",
        parameters=[NUMBER],
        responses={204: None},
        tags=["Tickets"],
    )
    @transaction.atomic
    def delete(self, request: Request, number: str, id: int) -> Response:
        """One's own with the right to add notes, with that to write anybody's; the history keeps that it was there."""
        ticket = worked_ticket(self.person, number, "note")
        entry = TimeEntry.objects.select_related("ticket").filter(ticket=ticket, pk=id).first()
        if entry is None or (entry.user_id != self.person.pk and not ticket.allows(self.person, "write")):
            raise NotFound
        remove_time(entry, by=self.person, cause=self.cause)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WatcherList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listWatchers",
        summary="Who follows a ticket",
        parameters=[NUMBER],
        responses=PersonShape(many=True),
        tags=["Tickets"],
    )
    def get(self, request: Request, number: str) -> Response:
        """Following grants nothing: who may not see the ticket is told nothing of it."""
        ticket = worked_ticket(self.person, number)
        watchers = self.paginate_queryset(ticket.watchers.select_related("user"))
        people = self.shaped([watcher.user for watcher in watchers], PersonShape, many=True).data
        return self.get_paginated_response(people)

    @extend_schema(
        operation_id="addWatcher",
        summary="Let somebody follow a ticket",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=NewWatcherForm,
        responses={204: None},
        examples=[examples.WATCHER],
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """An agent who may see it. Needs the right to write; oneself follows by `watch/`."""
        add_watcher(self, number)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Watching(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="watchTicket",
        summary="Follow a ticket",
        parameters=[NUMBER],
        request=None,
        responses={204: None},
        tags=["Tickets"],
    )
    @transaction.atomic
    def post(self, request: Request, number: str) -> Response:
        """The token's person follows it; a second time changes nothing."""
        watch(worked_ticket(self.person, number), self.person, by=self.person, cause=self.cause)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="unwatchTicket",
        summary="Follow a ticket no more",
        parameters=[NUMBER],
        responses={204: None},
        tags=["Tickets"],
    )
    @transaction.atomic
    def delete(self, request: Request, number: str) -> Response:
        """A second time changes nothing."""
        unwatch(worked_ticket(self.person, number), self.person, by=self.person, cause=self.cause)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MacroList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listMacros",
        summary="List macros for a ticket",
        parameters=[NUMBER],
        responses=RowShape(many=True),
        tags=["Tickets"],
    )
    def get(self, request: Request, number: str) -> Response:
        """Those that the token's person may run on it now."""
        offered = offered_on(worked_ticket(self.person, number), self.person)
        return Response({"results": self.shaped(offered, RowShape, many=True).data, "next": None})


class MacroRun(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="runMacro",
        summary="Run a macro",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=None,
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request, number: str, id: int) -> Response:
        """All of its effects or none. Gives the ticket as it is then."""
        ticket = worked_ticket(self.person, number)
        macro = next((one for one in offered_on(ticket, self.person) if one.pk == id), None)
        if macro is None:
            raise NotFound
        cause = Cause("token", f"{self.cause.reference}, macro {macro.pk}")
        try:
            run_macro(macro, ticket, by=self.person, cause=cause)
        except Refused as refusal:
            raise CannotBe(_("One of the effects of this macro is not possible on this ticket.")) from refusal
        shown = Ticket.objects.select_related(*SHOWN).get(pk=ticket.pk)
        return Response(self.shaped(shown, TicketShape).data)
