"""Articles beside a ticket (settings.TICKET_PANELS). What may answer it is asked for when the page is there."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from knowledge.models import Article
from tickets.models import Ticket
from web.desk.panels import TicketPanel


def address_of(ticket: Ticket, _agent: User) -> str:
    return reverse("desk:ticket_articles", args=[ticket.number])


def _any(_ticket: Ticket, _now: datetime) -> QuerySet:
    """A house without articles has no such panel."""
    return Article.objects.filter(is_published=True)


ARTICLES = TicketPanel("desk/group_articles.html", address_of, _any)
