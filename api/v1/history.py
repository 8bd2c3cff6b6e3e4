"""What happened to a ticket, for those who work it."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.schema import NUMBER
from api.v1.access import ticket_of
from api.v1.shapes import EventShape
from tickets.models import Event


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
