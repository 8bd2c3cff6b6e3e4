"""Who takes part in a conversation by mail beside the customer."""

from collections.abc import Iterable

from django.db.models import QuerySet

from core.prepared import prepared
from core.text import normalise_address
from mail.addressing import is_ours
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from tickets.participation import copies, people_in_copy

Person = dict[str, str]
# Marks of messages whose sender may not be who he says.
DOUBTFUL = ("unverified", "disproven")


def everybody_else(ticket: Ticket) -> list[Person]:
    """Whoever is kept in copy, and whoever sent or got the newest message, but for the customer and for addresses of
    ours: they get copies."""
    last = _last_said(ticket.pk)
    return _apart_from_customer(ticket, _people_of(last[0]) if last else ())


def everybody_sure(ticket: Ticket) -> list[Person]:
    """The same for an answer whose recipients nobody looks at before it leaves: whom a message names that may be
    forged gets nothing."""
    last = _last_said(ticket.pk)
    is_sure = bool(last) and not any(mark.get("code") in DOUBTFUL for mark in last[0].marks)
    return _apart_from_customer(ticket, _people_of(last[0]) if is_sure else ())


def _apart_from_customer(ticket: Ticket, said: Iterable[Person]) -> list[Person]:
    people = [*copies(people_in_copy(ticket)), *said]
    left_out = {normalise_address(ticket.customer.email)}
    found: dict[str, Person] = {}
    for person in people:
        key = normalise_address(person.get("address", ""))
        if key and key not in left_out and key not in found and not is_ours(key):
            found[key] = {"name": person.get("name", ""), "address": person["address"]}
    return list(found.values())


@prepared(int)
def _last_said(pk: int) -> QuerySet[Article]:
    said = Article.objects.filter(ticket=pk, visible_to_customer=True).exclude(sender=Sender.SYSTEM)
    return said.order_by("-created_at", "-id").only("sender", "reply_to", "sent_from", "to", "cc", "marks")[:1]


def _people_of(article: Article) -> list[Person]:
    sender = article.reply_to or [article.sent_from]
    return [*(sender if article.sender == Sender.CUSTOMER else []), *article.to, *article.cc]
