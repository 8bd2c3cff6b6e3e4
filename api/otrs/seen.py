"""What somebody sees through this interface. What may not be seen looks like what is not there: AccessDenied."""

from collections.abc import Iterable

from django.db.models import QuerySet

from api.otrs.door import Caller, Refusal
from api.v1.access import SHOWN
from tickets.changes import hold_row
from tickets.models import Article, FieldDefinition, Ticket
from tickets.models.article import Sender
from tickets.queries import TicketQuerySet

LARGEST_ID = 2**63 - 1
MOST_AT_ONCE = 1_000


def tickets_of(caller: Caller) -> TicketQuerySet:
    if caller.is_customer:
        return Ticket.objects.of_customer(caller.person)
    return Ticket.objects.allowing(caller.person, "read")


def articles_of(caller: Caller, tickets: Iterable[Ticket]) -> QuerySet[Article]:
    """Customers read what is public, without the system's receipts: the links in these are for one person alone."""
    articles = Article.objects.filter(ticket__in=tickets)
    if caller.is_customer:
        return articles.filter(visible_to_customer=True).exclude(sender=Sender.SYSTEM)
    return articles


def fields_of(caller: Caller) -> QuerySet[FieldDefinition]:
    fields = FieldDefinition.objects.filter(is_active=True)
    return fields.filter(in_portal=True) if caller.is_customer else fields


def tickets_with(caller: Caller, ids: Iterable[str]) -> list[Ticket]:
    """All of these tickets, in this order; when one of them is out of sight, none."""
    wanted = list(dict.fromkeys(map(as_id, ids)))
    if len(wanted) > MOST_AT_ONCE:
        raise Refusal("InvalidParameter", f"At most {MOST_AT_ONCE} tickets can be asked for at once!")
    found = tickets_of(caller).select_related(*SHOWN).in_bulk([pk for pk in wanted if pk])
    if len(found) != len(wanted):
        raise denied()
    return [found[pk] for pk in wanted]


def ticket_to_change(caller: Caller, *, pk: str = "", number: str = "") -> Ticket:
    """The ticket, locked, so that the rights that are checked now still hold when the verbs run."""
    tickets = tickets_of(caller)
    found = tickets.filter(pk=as_id(pk)) if pk else tickets.filter(number=number)
    ticket = found.only("pk").first()
    if ticket is None:
        raise denied()
    hold_row(ticket.pk)
    return tickets_with(caller, [str(ticket.pk)])[0]


def as_id(text: str) -> int:
    """0 for what is no id."""
    whole = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if whole and int(text) <= LARGEST_ID else 0


def denied() -> Refusal:
    return Refusal("AccessDenied", "User does not have access to the ticket!")
