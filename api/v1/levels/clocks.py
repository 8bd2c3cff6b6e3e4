"""The clocks of a ticket: what was promised, what is spent, what comes next, and why."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.schema import NUMBER
from api.v1.access import ticket_of
from api.v1.levels.shapes import ClockShape
from sla.models import Clock, Entry
from tickets.models import Ticket


class ClockList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listClocks",
        summary="Read the clocks",
        parameters=[NUMBER],
        responses=ClockShape(many=True),
        tags=["SLAs"],
    )
    def get(self, request: Request, number: str) -> Response:
        """All there have been, the oldest first, each with its journal. Customers have none."""
        if not self.person.is_agent:
            raise NotFound
        return self.listing(clocks_of([ticket_of(self.person, number)]), ClockShape)


def clocks_of(tickets: Sequence[Ticket]) -> QuerySet[Clock]:
    """With all that is shown of them."""
    entries = Entry.objects.select_related("event__actor", "event__on_behalf_of", "event__article")
    clocks = Clock.objects.filter(ticket__in=tickets).select_related("policy", "calendar__calendar")
    return clocks.prefetch_related(Prefetch("entries", entries))
