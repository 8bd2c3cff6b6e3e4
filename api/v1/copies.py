"""Who else hears of a ticket: people of the customer's side in copy, and colleagues who follow it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
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
from api.v1.access import require, worked_ticket
from api.v1.fields import AgentField, StrictSerializer
from api.v1.shapes import PersonShape
from tickets import options
from tickets.actions import participants
from tickets.actions.taking_part import unwatch, watch
from tickets.models import Ticket
from tickets.participation import in_copy

TAG = "Tickets"


class NewParticipantForm(StrictSerializer):
    """Somebody unknown becomes a customer."""

    address = serializers.EmailField(max_length=254)


class ParticipantShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    person = PersonShape(source="user")
    since = serializers.DateTimeField()


class NewWatcherForm(StrictSerializer):
    """A colleague who may see the ticket: following grants nothing."""

    person = AgentField(help_text="Address or id.")


class ParticipantList(Door):
    area = ApiToken.Area.TICKETS
    pagination_class = None

    @extend_schema(
        operation_id="listParticipants",
        summary="Who is in copy of a ticket",
        parameters=[NUMBER],
        responses=ParticipantShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, number: str) -> Response:
        """People of the customer's side, who see this request and get its mail."""
        return self.answer(worked_ticket(self.person, number))

    @extend_schema(
        operation_id="addParticipant",
        summary="Keep somebody in copy",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=NewParticipantForm,
        responses={201: ParticipantShape(many=True)},
        examples=[examples.PARTICIPANT],
        tags=[TAG],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """They see this request, and nothing else by it. Needs the right to write. Gives all who are in copy."""
        ticket = worked_ticket(self.person, number, "write")
        form = NewParticipantForm(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            participants.add_address(ticket, form.validated_data["address"], by=self.person, cause=self.cause)
        except ValidationError as error:
            raise serializers.ValidationError({"address": error.messages}) from error
        return self.answer(ticket, status.HTTP_201_CREATED)

    def answer(self, ticket: Ticket, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.shaped(in_copy(ticket), ParticipantShape, many=True).data, code)


class ParticipantDetail(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="removeParticipant",
        summary="Keep somebody in copy no more",
        parameters=[NUMBER],
        responses={204: None},
        tags=[TAG],
    )
    @transaction.atomic
    def delete(self, request: Request, number: str, id: int) -> Response:
        """What they got until now stays theirs. Needs the right to write."""
        ticket = worked_ticket(self.person, number, "write")
        found = ticket.participants.select_related("user").filter(pk=id).first()
        if found is None:
            raise NotFound
        participants.remove(ticket, found.user, by=self.person, cause=self.cause)
        return Response(status=status.HTTP_204_NO_CONTENT)


def add_watcher(door: Door, number: str) -> None:
    """Raises `ValidationError` for somebody who may not see the ticket."""
    ticket = worked_ticket(door.person, number, "write")
    form = NewWatcherForm(data=door.request.data)
    form.is_valid(raise_exception=True)
    person = form.validated_data["person"]
    if not options.may_own(ticket.queue).filter(pk=person.pk).exists():
        raise serializers.ValidationError({"person": [_("Choose somebody who may see this ticket.")]})
    watch(ticket, person, by=door.person, cause=door.cause)


class WatcherDetail(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="removeWatcher",
        summary="Let somebody follow a ticket no more",
        parameters=[NUMBER],
        responses={204: None},
        tags=[TAG],
    )
    @transaction.atomic
    def delete(self, request: Request, number: str, id: int) -> Response:
        """By the id of the person. Needs the right to write for others than oneself."""
        ticket = worked_ticket(self.person, number)
        if id != self.person.pk:
            require(ticket, self.person, "write")
        watcher = ticket.watchers.select_related("user").filter(user=id).first()
        if watcher is None:
            raise NotFound
        unwatch(ticket, watcher.user, by=self.person, cause=self.cause)
        return Response(status=status.HTTP_204_NO_CONTENT)
