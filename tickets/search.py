"""Searching tickets: a number leads straight there, words look in titles, messages and file names.

All words must stand in one conversation, each as it is written or by its stem in any of our languages; the last one
may be the beginning of a word.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQueryField
from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left, RowNumber

from accounts.models import User
from core.prepared import IDS, prepared
from core.text import fold
from tickets.asked import MAX_QUERY as MAX_QUERY
from tickets.asked import Sql, as_query, parted, variants
from tickets.closeness import beginning, closeness
from tickets.models import Article, Passage, Ticket
from tickets.queries import TicketQuerySet

_NUMBER = re.compile(r"\s*\[?#?(\d{1,20})\]?\s*\Z")
_WORD = re.compile(r"\w+")
# Characters of a text, and messages of a ticket, in which an excerpt looks for the words.
EXCERPTED = 5_000
EXCERPTED_MESSAGES = 8

# Words in fewer rows than this are looked up in the index whatever else is known about them.
FEW = 1_000
_PLAN = "EXPLAIN (FORMAT JSON) SELECT FROM tickets_passage WHERE words @@ {}"
# Words are frequent where so many of the newest tickets have them.
NEWEST, FREQUENT = 1_000, 6
# Of words in more rows than this nobody looks at every subject to find the best one. It is an estimate: of two words
# that often stand together there are up to four times as many.
RANKED = 5_000


def ticket_with_number(text: str, user: User) -> Ticket | None:
    """The ticket that `#48213`, `48213` or `[#48213]` names, when `user` may see it."""
    number = number_in(text)
    return Ticket.objects.allowing(user, "read").filter(number=number).first() if number else None


def number_in(text: str) -> str:
    """The ticket number that stands there alone; empty when it is something else."""
    number = _NUMBER.match(text)
    return number[1] if number else ""


def search(text: str, user: User) -> TicketQuerySet:
    """Tickets that `user` may see with all the words, and with none of those that have a minus."""
    return matching(Ticket.objects.allowing(user, "read"), text)


def matching(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """Those of `tickets` with the words. Asks the database which way is quick; what is found is the same on each."""
    wanted, unwanted = parted(text)
    if wanted:
        query = as_query(wanted)
        rows = Passage.objects.filter(_holds(query))
        at_once = _estimate(query) >= FEW and _are_frequent(tickets, rows)
        tickets = tickets.filter(_one_by_one(rows) if at_once else _by_index(query))
    return _without(tickets, unwanted, Passage.objects.all()) if unwanted else tickets


def matching_by_closeness(tickets: TicketQuerySet, text: str) -> TicketQuerySet | None:
    """Those of `tickets` with the words, and how close their subjects are to them as `closeness`. None where there are
    too many: all of them must be looked at to tell the best."""
    wanted, unwanted = parted(text)
    if not wanted or _estimate(query := as_query(wanted)) > RANKED:
        return None
    tickets = tickets.filter(_by_index(query)).annotate(closeness=closeness(wanted))
    return _without(tickets, unwanted, Passage.objects.all()) if unwanted else tickets


def words_q(text: str) -> Q:
    """Tickets with the words, for conditions (tickets/fields.py): by the index, whatever else is asked for."""
    everything = ~Q(pk__in=[])
    wanted, unwanted = parted(text)
    found = Q(_by_index(as_query(wanted))) if wanted else everything
    if unwanted:
        found &= ~Q(_Known(_one_by_one(Passage.objects.filter(_holds(variants(unwanted))))))
    return found


def matching_in_public(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """Those of the few tickets of a customer with the words in what customers can read."""
    public = Passage.objects.filter(is_public=True)
    wanted, unwanted = parted(text)
    if wanted:
        tickets = tickets.filter(_one_by_one(public.filter(_holds(as_query(wanted)))))
    return _without(tickets, unwanted, public) if unwanted else tickets


def found_in(text: str, tickets: Iterable[Ticket]) -> dict[int, str]:
    """The beginning of the newest message of each ticket that holds one of the words, by ticket id: for excerpts."""
    wanted, _unwanted = parted(text)
    words = [re.escape(beginning(word)) for word in _WORD.findall(fold(wanted)) if len(word) > 1]
    if not words:
        return {}
    any_word = re.compile(rf"\b(?:{'|'.join(words)})")
    found: dict[int, str] = {}
    for ticket, start in _beginnings({ticket.pk for ticket in tickets}):
        if ticket not in found and any_word.search(fold(start)):
            found[ticket] = start
    return found


@prepared(IDS)
def _beginnings(tickets: Collection[int]) -> QuerySet:
    """Ticket and the beginning of a message, for the newest messages of each; the newest first."""
    newest = Window(RowNumber(), partition_by="ticket", order_by=["-created_at", "-id"])
    messages = Article.objects.filter(ticket_id__among=tickets).annotate(place=newest)
    starts = messages.filter(place__lte=EXCERPTED_MESSAGES).annotate(start=Left("body", EXCERPTED))
    return starts.order_by("ticket", "place").values_list("ticket_id", "start")


# Ways to find them.


def _one_by_one(rows: Any) -> Subquery:
    """Look at each ticket in turn, in the order of the list: soon done where most have the words.

    A scalar subquery, because PostgreSQL would turn an EXISTS into a join and find everything first.
    """
    of_ticket = rows.filter(ticket=OuterRef("pk")).order_by().values(found=Value(True, BooleanField()))  # noqa: FBT003
    return Subquery(of_ticket[:1], output_field=BooleanField())


def _by_index(wanted: Sql) -> Expression:
    """All of them from the index. The query hides in a SELECT, or PostgreSQL reads the table where it expects many."""
    rows = Passage.objects.filter(_holds(Sql(f"SELECT {wanted.text}", wanted.values))).order_by()
    return _IsAny(F("pk"), ArraySubquery(rows.values("ticket_id")), output_field=BooleanField())


def _without(tickets: TicketQuerySet, unwanted: str, rows: Any) -> TicketQuerySet:
    return tickets.exclude(_Known(_one_by_one(rows.filter(_holds(variants(unwanted))))))


def _estimate(query: Sql) -> int:
    """How many rows the planner's statistics expect; takes no longer than planning."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAN.format(query.text), query.values)
        (plan,) = cursor.fetchone()[0]
    return int(plan["Plan"]["Plan Rows"])


def _are_frequent(tickets: TicketQuerySet, rows: Any) -> bool:
    newest = tickets.order_by("-changed_at", "-id").values("pk")[:NEWEST]
    return Ticket.objects.filter(_one_by_one(rows), pk__in=newest).count() >= FREQUENT


def _holds(query: Sql) -> Expression:
    wanted = RawSQL(query.text, query.values, output_field=SearchQueryField())  # noqa: S611 - built from constants here
    return _Holds(F("words"), wanted, output_field=BooleanField())


class _Holds(Func):
    template, arg_joiner = "%(expressions)s", " @@ "


class _IsAny(Func):
    template, arg_joiner = "%(expressions)s)", " = ANY("


class _Known(Func):
    """Unknown counts as false, so that the opposite is true."""

    template = "COALESCE(%(expressions)s, false)"
    output_field = BooleanField()
