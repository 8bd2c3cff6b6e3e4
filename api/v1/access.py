"""Which tickets a token's person may see and change: agents by right, everybody else as a customer."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from tickets.queries import TicketQuerySet

SHOWN = ("queue", "type", "state", "priority", "owner", "responsible", "customer", "organisation")


def tickets_of(user: User) -> TicketQuerySet:
    """A ticket on which nothing has been said to the customer yet is no request, here as in the portal."""
    if user.is_agent:
        return Ticket.objects.allowing(user, "read")
    return Ticket.objects.of_customer(user).filter(last_public_at__isnull=False)


def articles_of(user: User, number: str) -> QuerySet[Article]:
    """Customers read what is public, without the system's receipts: the links in these are for one person alone."""
    articles = Article.objects.filter(ticket=ticket_of(user, number))
    if user.is_agent:
        return articles
    return articles.filter(visible_to_customer=True).exclude(sender=Sender.SYSTEM)


def ticket_of(user: User, number: str) -> Ticket:
    """What may not be seen looks like what is not there."""
    return _only(tickets_of(user).select_related(*SHOWN), number)


def ticket_to_change(user: User, number: str) -> Ticket:
    """The same, locked, so that the rights that are checked now still hold when the verbs run."""
    return _only(tickets_of(user).select_related(*SHOWN).select_for_update(of=("self",), no_key=True), number)


def require(ticket: Ticket, user: User, right: str) -> None:
    if not ticket.allows(user, right):
        raise PermissionDenied(_("You may see this ticket, but not change it in this way."))


def _only(tickets: TicketQuerySet, number: str) -> Ticket:
    ticket = tickets.filter(number=number).first()
    if ticket is None:
        raise NotFound
    return ticket
