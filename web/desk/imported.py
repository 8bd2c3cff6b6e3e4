"""Where a ticket came from, beside it: the number that it had in another system."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from imports.models import Origin
from tickets.models import Ticket
from web.desk.panels import TicketPanel


def _origin(ticket: Ticket, _agent: User) -> Origin | None:
    return Origin.objects.filter(ticket=ticket).first()


def _rows(ticket: Ticket, _now: datetime) -> QuerySet:
    return Origin.objects.filter(ticket=ticket).values("pk")


FORMER_NUMBER = TicketPanel("desk/group_imported.html", _origin, _rows)
