"""Tickets: list, open, show, change."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import SHOWN, ticket_of, ticket_to_change, tickets_of
from api.v1.changing import change, etag, require_rights, seen_version
from api.v1.filters import TicketFilterBackend
from api.v1.forms import ChangeForm, OpeningForm
from api.v1.including import INCLUDE, LONG, LONGEST_PAGE, TicketWithMoreShape, include, wanted
from api.v1.shapes import TicketShape
from tickets.actions.opening import open_ticket
from tickets.models import Ticket

IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^([*]|(W/)?"[0-9]+"(, *(W/)?"[0-9]+")*)$'},
    OpenApiParameter.HEADER,
    description="The ETag of the ticket you have seen. 412 when one of the fields you change has changed since.",
)

LOCATION = OpenApiParameter("Location", OpenApiTypes.URI, OpenApiParameter.HEADER, response=[201])


class TicketList(Door):
    area = ApiToken.Area.TICKETS
    queryset = Ticket.objects.none()
    filter_backends = (TicketFilterBackend,)

    @property
    def order(self) -> tuple[str, ...]:
        """Of the changes of their requests, customers know only what was said to them."""
        if not self.person.is_agent:
            return ("-last_public_at", "-id")
        return ("due_at", "id") if self.request.query_params.get("order") == "due" else ("-changed_at", "-id")

    @property
    def parameters(self) -> Collection[str]:
        return {*TicketFilterBackend().get_filterset_class(self).base_filters, INCLUDE.name}

    @extend_schema(
        operation_id="listTickets",
        summary="List and search tickets",
        parameters=[INCLUDE],
        responses=TicketWithMoreShape(many=True),
        tags=["Tickets"],
    )
    def get(self, request: Request) -> Response:
        """The tickets that the token's person may read, those changed last first, or by `order=due`.

        Unknown parameters are refused.
        """
        self.shown = Ticket.objects.select_related(*SHOWN)
        self.names = wanted(request.query_params.get("include") or None, self.person, request.auth)
        if LONG & {*self.names}:
            self.paginator.usual = self.paginator.largest = LONGEST_PAGE
        return self.listing(self.filter_queryset(tickets_of(self.person)), TicketWithMoreShape)

    def paginate_queryset(self, queryset: Any) -> Any:
        tickets = super().paginate_queryset(queryset)
        include(tickets, self.names, self.person)
        return tickets

    @extend_schema(
        operation_id="openTicket",
        summary="Open a ticket",
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request=OpeningForm,
        responses={201: TicketShape},
        examples=[examples.OPENING],
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request) -> Response:
        """Needs the right to create in the queue. `channel` says whose words these are: see Opening."""
        form = self.shaped(None, OpeningForm, data=request.data)
        form.is_valid(raise_exception=True)
        try:
            article = open_ticket(
                form.opening(), form.first_message(), sender=form.sender, by=self.person, cause=self.cause
            )
        except ValidationError as error:
            raise serializers.ValidationError({"custom_fields": error.message_dict}) from error
        ticket = Ticket.objects.select_related(*SHOWN).get(pk=article.ticket_id)
        where = reverse("api:ticket", [ticket.number], request=request)
        headers = {"Location": where, "ETag": etag(ticket)}
        return Response(self.shaped(ticket, TicketShape).data, status.HTTP_201_CREATED, headers=headers)


class Changing(Door):
    """Changing tickets, one or many."""

    area = ApiToken.Area.TICKETS

    def changed(self, number: str, data: Any, *, seen: str | None) -> Ticket:
        """All of the fields that are named change, or none: within a transaction of the caller."""
        ticket = ticket_to_change(self.person, number)
        form = ChangeForm(data=data, context={**self.get_serializer_context(), "ticket": ticket})
        names = set(data) & set(form.fields) if isinstance(data, dict) else set()
        require_rights(ticket, self.person, names)
        version = seen_version(seen, ticket)
        form.is_valid(raise_exception=True)
        change(ticket, form.validated_data, by=self.person, cause=self.cause, seen=version)
        return Ticket.objects.select_related(*SHOWN).get(pk=ticket.pk)


class TicketDetail(Changing):
    @extend_schema(
        operation_id="showTicket",
        summary="Show a ticket",
        parameters=[NUMBER, INCLUDE],
        responses=TicketWithMoreShape,
        tags=["Tickets"],
    )
    def get(self, request: Request, number: str) -> Response:
        """The facts of a ticket. Its messages are in its articles, or come with it."""
        names = wanted(request.query_params.get("include"), self.person, request.auth)
        ticket = ticket_of(self.person, number)
        include([ticket], names, self.person)
        return self._shown(ticket)

    @extend_schema(
        operation_id="changeTicket",
        summary="Change a ticket",
        parameters=[NUMBER, IF_MATCH],
        request=ChangeForm,
        responses=TicketShape,
        examples=[examples.CHANGE, examples.CHOSEN_SLA],
        tags=["Tickets"],
    )
    @transaction.atomic
    def patch(self, request: Request, number: str) -> Response:
        """All of the fields that are named change, or none. Owner, priority and target queue need their own rights."""
        return self._shown(self.changed(number, request.data, seen=request.headers.get("If-Match")))

    def _shown(self, ticket: Ticket) -> Response:
        headers = {"ETag": etag(ticket)} if self.person.is_agent else {}
        return Response(self.shaped(ticket, TicketWithMoreShape).data, headers=headers)
