"""A customer says that the own request is solved. Agents close tickets by changing their state."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import SHOWN, request_to_change, require_share
from api.v1.shapes import TicketShape
from tickets.actions.progress import solve
from tickets.models import Ticket


class Solve(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="solveTicket",
        summary="Say that your request is solved",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=None,
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """For customers: whose request it is, or all of whose organisation's they see. A closed one stays as it is."""
        ticket = request_to_change(self.person, number)
        require_share(ticket, self.person)
        solve(ticket, by=self.person, cause=self.cause)
        shown = Ticket.objects.select_related(*SHOWN).get(pk=ticket.pk)
        return Response(self.shaped(shown, TicketShape).data)
