"""The checklist of a ticket: steps that are added, ticked off, moved and removed."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import worked_ticket
from api.v1.fields import FlagField, StrictSerializer, TextField
from api.v1.shapes import PersonShape
from tickets.actions.effort import add_steps, move_step_down, move_step_up, remove_step, tick, untick
from tickets.models import ChecklistItem, Ticket
from tickets.models.effort import STEPS_AT_MOST

TAG = "Tickets"


class NewStepsForm(StrictSerializer):
    """Steps, at the end of those that are there."""

    steps = serializers.ListField(child=TextField(min_length=1, max_length=200), min_length=1, max_length=STEPS_AT_MOST)


class ChangedStepForm(StrictSerializer):
    """Any of these."""

    is_done = FlagField(required=False)
    position = serializers.IntegerField(
        min_value=1, max_value=STEPS_AT_MOST, required=False, help_text="Its place, from 1; the others follow."
    )


class ChecklistStepShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    text = serializers.CharField()
    is_done = serializers.SerializerMethodField()
    done_by = PersonShape(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)

    def get_is_done(self, step: ChecklistItem) -> bool:
        return step.done_at is not None


class _Steps(Door):
    area = ApiToken.Area.TICKETS
    pagination_class = None

    def answer(self, ticket: Ticket, code: int = status.HTTP_200_OK) -> Response:
        steps = ticket.checklist.select_related("done_by").order_by("position", "pk")
        return Response(self.shaped(steps, ChecklistStepShape, many=True).data, code)

    def step(self, ticket: Ticket, pk: int) -> ChecklistItem:
        found = ticket.checklist.select_related("ticket").filter(pk=pk).first()
        if found is None:
            raise NotFound
        return found


class StepList(_Steps):
    @extend_schema(
        operation_id="listSteps",
        summary="Show the checklist of a ticket",
        parameters=[NUMBER],
        responses=ChecklistStepShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, number: str) -> Response:
        """All steps, in their order."""
        return self.answer(worked_ticket(self.person, number))

    @extend_schema(
        operation_id="addSteps",
        summary="Add steps to the checklist",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=NewStepsForm,
        responses={201: ChecklistStepShape(many=True)},
        examples=[examples.STEPS],
        tags=[TAG],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """At the end. Needs the right to add notes. Gives the whole checklist."""
        ticket = worked_ticket(self.person, number, "note")
        form = NewStepsForm(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            add_steps(ticket, form.validated_data["steps"], by=self.person, cause=self.cause)
        except ValidationError as error:
            raise serializers.ValidationError({"steps": error.messages}) from error
        return self.answer(ticket, status.HTTP_201_CREATED)


class StepDetail(_Steps):
    @extend_schema(
        operation_id="changeStep",
        summary="Tick off a step, or move it",
        parameters=[NUMBER],
        request=ChangedStepForm,
        responses={200: ChecklistStepShape(many=True)},
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, number: str, id: int) -> Response:
        """Needs the right to add notes. Gives the whole checklist."""
        ticket = worked_ticket(self.person, number, "note")
        step = self.step(ticket, id)
        form = ChangedStepForm(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        if "is_done" in said:
            self._do(tick if said["is_done"] else untick, step)
        if "position" in said:
            self._move(ticket, step, said["position"])
        return self.answer(ticket)

    @extend_schema(
        operation_id="removeStep", summary="Remove a step", parameters=[NUMBER], responses={204: None}, tags=[TAG]
    )
    @transaction.atomic
    def delete(self, request: Request, number: str, id: int) -> Response:
        """Needs the right to add notes; the history keeps that it was there."""
        self._do(remove_step, self.step(worked_ticket(self.person, number, "note"), id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _move(self, ticket: Ticket, step: ChecklistItem, place: int) -> None:
        at = list(ticket.checklist.values_list("pk", flat=True)).index(step.pk)
        verb = move_step_up if place - 1 < at else move_step_down
        for _place in range(abs(place - 1 - at)):
            if self._do(verb, step) is None:  # it has come to the end
                break

    def _do(self, verb: Callable[..., Any], step: ChecklistItem) -> Any:
        return verb(step, by=self.person, cause=self.cause)
