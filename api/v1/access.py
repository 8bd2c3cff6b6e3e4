"""Which tickets a token's person may see and change: agents by right, everybody else as a customer."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from tickets.changes import hold_row
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from tickets.participation import may_share
from tickets.queries import TicketQuerySet

SHOWN = (
    "queue",
    "type",
    "service",
    "state",
    "priority",
    "owner",
    "responsible",
    "customer",
    "organisation",
    "targets__policy",
    "merged_into",
)


def tickets_of(user: User) -> TicketQuerySet:
    return Ticket.objects.allowing(user, "read") if user.is_agent else Ticket.objects.of_customer(user)


def articles_of(user: User, number: str) -> QuerySet[Article]:
    """Customers read what is public, without the system's receipts: the links in these are for one person alone."""
    return articles_for(user).filter(ticket=ticket_of(user, number))


def articles_for(user: User) -> QuerySet[Article]:
    """Those that the person may read on a ticket in sight."""
    articles = Article.objects.all()
    if user.is_agent:
        return articles
    return articles.filter(visible_to_customer=True).exclude(sender=Sender.SYSTEM)


def ticket_of(user: User, number: str) -> Ticket:
    """What may not be seen looks like what is not there."""
    return _only(tickets_of(user).select_related(*SHOWN), number)


def ticket_to_change(user: User, number: str) -> Ticket:
    """The same, locked, so that the rights that are checked now still hold when the verbs run."""
    hold_row(ticket_of(user, number).pk)
    return ticket_of(user, number)


def worked_ticket(user: User, number: str, right: str = "read") -> Ticket:
    """For what only the desk does with tickets. Customers find nothing there."""
    if not user.is_agent:
        raise NotFound
    ticket = ticket_of(user, number) if right == "read" else ticket_to_change(user, number)
    require(ticket, user, right)
    return ticket


def require(ticket: Ticket, user: User, right: str) -> None:
    if not ticket.allows(user, right):
        raise PermissionDenied(_("You may see this ticket, but not change it in this way."))


def require_survivor(ticket: Ticket, user: User) -> None:
    """What is said on a merged ticket goes where it was merged into: that must be in sight too."""
    if ticket.merged_into_id and tickets_of(user).survivor_of(ticket) is None:
        raise PermissionDenied(_("This request went on in another one, which you may not see."))


def request_to_change(user: User, number: str) -> Ticket:
    """Locked, for what only customers do; of a merged one that in which it went on. Agents find nothing there."""
    if user.is_agent:
        raise NotFound
    ticket = ticket_to_change(user, number)
    require_survivor(ticket, user)
    survivor = tickets_of(user).survivor_of(ticket) if ticket.merged_into_id else None
    return ticket_to_change(user, survivor.number) if survivor else ticket


def require_share(ticket: Ticket, user: User) -> None:
    """Whose request it is decides about it, not who is in copy."""
    if not may_share(ticket, user):
        raise PermissionDenied(_("You may see this request, but not decide about it."))


def _only(tickets: TicketQuerySet, number: str) -> Ticket:
    ticket = tickets.filter(number=number).first()
    if ticket is None:
        raise NotFound
    return ticket
