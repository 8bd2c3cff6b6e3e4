"""Off the desk and back: the trash, spam, and what `restore/` takes back."""

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.problems import CannotBe
from api.schema import NUMBER
from api.v1.access import SHOWN, worked_ticket
from api.v1.shapes import TicketShape
from tickets import options
from tickets.actions.removing import mark_spam, restore, trash
from tickets.models import Ticket


class _PuttingAway(Door):
    area = ApiToken.Area.TICKETS

    def answer(self, ticket: Ticket) -> Response:
        """As it is then, also where the junk queue is not in sight: whoever put it there saw it a moment ago."""
        shown = Ticket.objects.select_related(*SHOWN).get(pk=ticket.pk)
        return Response(self.shaped(shown, TicketShape).data)


class Trash(_PuttingAway):
    @extend_schema(
        operation_id="trashTicket",
        summary="Put a ticket into the trash",
        parameters=[NUMBER],
        request=None,
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @transaction.atomic
    def post(self, request: Request, number: str) -> Response:
        """In no list any more, and nowhere for its customer. Needs the right to write; nothing is deleted."""
        ticket = worked_ticket(self.person, number, "write")
        if ticket.merged_into_id:
            raise CannotBe(_("A merged ticket cannot be put into the trash."))
        trash(ticket, by=self.person, cause=self.cause)
        return self.answer(ticket)


class Spam(_PuttingAway):
    @extend_schema(
        operation_id="markSpam",
        summary="Mark a ticket as spam",
        parameters=[NUMBER],
        request=None,
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @transaction.atomic
    def post(self, request: Request, number: str) -> Response:
        """Closed without an answer, and into the queue for unwanted messages. Closed ones stay as they are."""
        ticket = worked_ticket(self.person, number, "write")
        mark_spam(ticket, options.junk_queue(), by=self.person, cause=self.cause)
        return self.answer(ticket)


class Restore(_PuttingAway):
    @extend_schema(
        operation_id="restoreTicket",
        summary="Take a ticket out of the trash, or back from spam",
        parameters=[NUMBER],
        request=None,
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @transaction.atomic
    def post(self, request: Request, number: str) -> Response:
        """Status, time and queue as they were before. One that is in neither stays as it is."""
        ticket = worked_ticket(self.person, number, "write")
        restore(ticket, by=self.person, cause=self.cause)
        return self.answer(ticket)
