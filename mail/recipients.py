"""Whom an answer by mail is for, and who takes part in the conversation beside that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from core.prepared import prepared
from core.text import normalise_address
from mail.addresses import is_address
from mail.addressing import ours_among
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from tickets.participation import copies, people_in_copy

Person = dict[str, str]
# Marks of messages whose sender may not be who he says.
DOUBTFUL = ("unverified", "disproven")
# On a message with a Reply-To that a mailing list has sent out: the list wants answers, the person asked for nothing.
OF_LIST = {"code": "of_list"}


@dataclass(frozen=True)
class Answered:
    """Whom an answer is for.

    `usual` is the customer. `asked` stands in Reply-To of the customer's newest message, where that is one plain
    address of somebody else: it gets the answer, unless it `is_doubtful` who wrote (T27). Nothing else follows from
    it; the ticket stays the customer's.
    """

    usual: Person
    asked: Person | None = None
    is_doubtful: bool = False

    @property
    def to(self) -> Person:
        return self.usual if self.asked is None or self.is_doubtful else self.asked

    @property
    def name(self) -> str:
        return self.to["name"] or self.to["address"]


def customer_of(ticket: Ticket) -> Person:
    return {"name": ticket.customer.name, "address": ticket.customer.email}


def answered(ticket: Ticket) -> Answered:
    return _answered(ticket, _newest_of_each(ticket.pk))


def everybody_else(ticket: Ticket) -> list[Person]:
    """Whoever is kept in copy, and whoever sent or got the newest message, but for whom the answer is for, the customer
    and addresses of ours: they get copies."""
    return everybody(ticket)[1]


def everybody(ticket: Ticket) -> tuple[Answered, list[Person]]:
    """Whom an answer is for, and `everybody_else`."""
    said = _newest_of_each(ticket.pk)
    first, last = _answered(ticket, said), _last(said)
    return first, _apart_from(first, ticket, _people_of(last) if last else ())


def everybody_sure(ticket: Ticket) -> list[Person]:
    """The same for an answer whose recipients nobody looks at before it leaves: whom a message names that may be
    forged gets nothing."""
    said = _newest_of_each(ticket.pk)
    last = _last(said)
    return _apart_from(_answered(ticket, said), ticket, _people_of(last) if last and not _is_doubtful(last) else ())


def _answered(ticket: Ticket, said: Iterable[Article]) -> Answered:
    usual = customer_of(ticket)
    theirs = [one for one in said if one.sender == Sender.CUSTOMER and one.author_id == ticket.customer_id]
    newest = _last(theirs)
    if newest is None or not newest.reply_to or OF_LIST in newest.marks:
        return Answered(usual)
    named = {normalise_address(one.get("address", "")): one for one in newest.reply_to}
    ours = ours_among(named)
    others = [one for key, one in named.items() if key not in ours and is_address(one.get("address", ""))]
    if len(others) != 1 or normalise_address(others[0]["address"]) == normalise_address(usual["address"]):
        return Answered(usual)
    asked = {"name": others[0].get("name", ""), "address": others[0]["address"]}
    return Answered(usual, asked, is_doubtful=_is_doubtful(newest))


def _is_doubtful(article: Article) -> bool:
    return any(mark.get("code") in DOUBTFUL for mark in article.marks)


def _apart_from(first: Answered, ticket: Ticket, said: Iterable[Person]) -> list[Person]:
    left_out = {normalise_address(one["address"]) for one in (first.usual, first.to)}
    found: dict[str, Person] = {}
    for person in [*copies(people_in_copy(ticket)), *said]:
        key = normalise_address(person.get("address", ""))
        if key and key not in left_out and key not in found:
            found[key] = {"name": person.get("name", ""), "address": person["address"]}
    ours = ours_among(found)
    return [person for key, person in found.items() if key not in ours]


@prepared(int)
def _newest_of_each(pk: int) -> QuerySet[Article]:
    """The newest public message of everybody who has written."""
    said = Article.objects.filter(ticket=pk, visible_to_customer=True).exclude(sender=Sender.SYSTEM)
    of_each = said.order_by("sender", "author_id", "-created_at", "-id").distinct("sender", "author_id")
    return of_each.only("sender", "author_id", "reply_to", "sent_from", "to", "cc", "marks", "created_at")


def _last(said: Sequence[Article]) -> Article | None:
    return max(said, key=lambda one: (one.created_at, one.pk), default=None)


def _people_of(article: Article) -> list[Person]:
    sender = article.reply_to or [article.sent_from]
    return [*(sender if article.sender == Sender.CUSTOMER else []), *article.to, *article.cc]
