"""What happened to a ticket, for those who work it, and taking back a change of one's own."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.problems import CannotBe
from api.schema import NUMBER
from api.v1.access import SHOWN, ticket_of, worked_ticket
from api.v1.shapes import EventShape, TicketShape
from tickets import undoing
from tickets.models import Event, Ticket
from tickets.steps import Refused


class EventList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listEvents",
        summary="Read the history",
        parameters=[NUMBER],
        responses=EventShape(many=True),
        tags=["Tickets"],
    )
    def get(self, request: Request, number: str) -> Response:
        """Every happening, the oldest first. Customers have no history."""
        if not self.person.is_agent:
            raise NotFound
        events = Event.objects.filter(ticket=ticket_of(self.person, number))
        return self.listing(events.select_related("actor", "on_behalf_of", "article"), EventShape)


class EventUndo(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="undoEvent",
        summary="Take a change back",
        parameters=[NUMBER],
        request=None,
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @transaction.atomic
    def post(self, request: Request, number: str, id: int) -> Response:
        """Of a property, and only what the token's person has changed: it is as it was before.

        Needs the right that the change needed. Refused with 412 when somebody has changed the same since.
        """
        ticket = worked_ticket(self.person, number)
        own = Event.objects.filter(ticket=ticket, actor=self.person, kind__in=undoing.KINDS)
        event = get_object_or_404(own.select_related("ticket"), pk=id)
        try:
            undoing.undo(event, by=self.person, cause=self.cause)
        except Refused as refused:
            if refused.code == "right":
                raise PermissionDenied(_("You may see this ticket, but not change it in this way.")) from refused
            raise CannotBe(_("This change cannot be undone any more.")) from refused
        shown = Ticket.objects.select_related(*SHOWN).get(pk=ticket.pk)
        return Response(self.shaped(shown, TicketShape).data)
