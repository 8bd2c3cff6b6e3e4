"""Who else hears of a ticket: people of the customer's side in copy, and colleagues who follow it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import request_to_change, require, require_share, ticket_of, worked_ticket
from api.v1.fields import AgentField, StrictSerializer
from api.v1.shapes import PersonShape
from tickets import options
from tickets.actions import participants
from tickets.actions.taking_part import unwatch, watch
from tickets.models import Participant, Ticket
from tickets.participation import in_copy
from web.common.limits import PEOPLE_IN_COPY

TAG = "Tickets"


class NewParticipantForm(StrictSerializer):
    """Somebody unknown becomes a customer."""

    address = serializers.EmailField(max_length=254)


class ParticipantShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    address = serializers.EmailField(source="user.email")
    person = PersonShape(source="user", allow_null=True, help_text="null for customers, who know addresses only.")
    since = serializers.DateTimeField()

    def to_representation(self, participant: Participant) -> dict[str, Any]:
        shown = super().to_representation(participant)
        return shown if self.context["request"].user.is_agent else {**shown, "person": None}


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
        return self.answer(ticket_of(self.person, number))

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
        """They see this request, and nothing else by it. Gives all who are in copy.

        Needs the right to write; of customers, that it is theirs or all of their organisation's are.
        """
        ticket = self.to_share(number)
        form = NewParticipantForm(data=request.data)
        form.is_valid(raise_exception=True)
        if not self.person.is_agent and not PEOPLE_IN_COPY.take(self.person.pk):
            raise Throttled(detail=_("You have added many people today. Try again tomorrow."))
        try:
            participants.add_address(ticket, form.validated_data["address"], by=self.person, cause=self.cause)
        except ValidationError as error:
            raise serializers.ValidationError({"address": error.messages}) from error
        return self.answer(ticket, status.HTTP_201_CREATED)

    def to_share(self, number: str) -> Ticket:
        if self.person.is_agent:
            return worked_ticket(self.person, number, "write")
        ticket = request_to_change(self.person, number)
        require_share(ticket, self.person)
        return ticket

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
        """What they got until now stays theirs. As adding them; whoever is in copy may always leave."""
        is_agent = self.person.is_agent
        ticket = worked_ticket(self.person, number, "write") if is_agent else request_to_change(self.person, number)
        found = ticket.participants.select_related("user").filter(pk=id).first()
        if found is None:
            raise NotFound
        if not is_agent and found.user_id != self.person.pk:
            require_share(ticket, self.person)
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
