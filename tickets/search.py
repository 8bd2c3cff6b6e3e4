"""Searching tickets: a number leads straight there, words look in titles, messages and file names.

All words must stand in one conversation, each as it is written or by its stem in any of our languages; the last one
may be the beginning of a word.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Expression, F, Func, OuterRef, Subquery, Value, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left, RowNumber

from accounts.models import User
from core.text import fold
from tickets.models import Article, Passage, Ticket
from tickets.passages import STEMMERS
from tickets.queries import TicketQuerySet

_NUMBER = re.compile(r"\s*\[?#?(\d{1,20})\]?\s*\Z")
_WITH_MINUS = re.compile(r'(?<!\S)-(?:"[^"]*"|[^\s"]+)')
# The last word, which may be a beginning: it stands alone, outside of quotation marks.
_LAST = re.compile(r"(?<!\S)(\w{3,})\Z")
_WORD = re.compile(r"\w+")
MAX_QUERY = 200
# Characters of a text, and messages of a ticket, in which an excerpt looks for the words.
EXCERPTED = 5_000
EXCERPTED_MESSAGES = 8

# Words in fewer rows than this are looked up in the index whatever else is known about them.
FEW = 2_000
# Words are frequent where so many of the newest tickets have them.
NEWEST, FREQUENT = 1_000, 6


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
    wanted, unwanted = _parted(text)
    if wanted:
        rows = Passage.objects.filter(_holds(_wanted(wanted)))
        at_once = _estimate(rows) >= FEW and _are_frequent(tickets, rows)
        tickets = tickets.filter(_one_by_one(rows) if at_once else _by_index(_wanted(wanted)))
    return _without(tickets, unwanted, Passage.objects.all()) if unwanted else tickets


def matching_in_public(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """Those of the few tickets of a customer with the words in what customers can read."""
    public = Passage.objects.filter(is_public=True)
    wanted, unwanted = _parted(text)
    if wanted:
        tickets = tickets.filter(_one_by_one(public.filter(_holds(_wanted(wanted)))))
    return _without(tickets, unwanted, public) if unwanted else tickets


def found_in(text: str, tickets: Iterable[Ticket]) -> dict[int, str]:
    """The beginning of the newest message of each ticket that holds one of the words, by ticket id: for excerpts."""
    wanted, _unwanted = _parted(text)
    words = [re.escape(beginning(word)) for word in _WORD.findall(fold(wanted)) if len(word) > 1]
    if not words:
        return {}
    any_word = re.compile(rf"\b(?:{'|'.join(words)})")
    newest = Window(RowNumber(), partition_by="ticket", order_by=["-created_at", "-id"])
    messages = Article.objects.filter(ticket__in=[ticket.pk for ticket in tickets]).annotate(place=newest)
    starts = messages.filter(place__lte=EXCERPTED_MESSAGES).annotate(start=Left("body", EXCERPTED))
    found: dict[int, str] = {}
    for ticket, start in starts.order_by("ticket", "place").values_list("ticket_id", "start"):
        if ticket not in found and any_word.search(fold(start)):
            found[ticket] = start
    return found


def beginning(word: str) -> str:
    """What stays the same of a word in its other forms: endings change with case, number and tense."""
    return word[: max(4, len(word) - 3)]


# The words as a query.


@dataclass(frozen=True)
class _Sql:
    text: str
    values: Sequence[str]


def _parted(text: str) -> tuple[str, str]:
    """The words to find, and those with a minus as alternatives."""
    text = text[:MAX_QUERY].replace("\x00", " ")
    unwanted = " or ".join(word[1:] for word in _WITH_MINUS.findall(text))
    return _WITH_MINUS.sub(" ", text).strip(), unwanted


def _wanted(text: str) -> _Sql:
    """Any variant of the words, for languages cut words differently; the last one may go on."""
    exact = _variants(text)
    last = _LAST.search(text) if text.count('"') % 2 == 0 else None
    rest = text[: last.start()].rstrip() if last else ""
    if last is None or rest.lower().endswith((" or", '"')):
        return exact
    before = _variants(rest)
    going_on = f"({before.text}) && to_tsquery('simple', %s)"
    return _Sql(f"({exact.text}) || ({going_on})", [*exact.values, *before.values, f"{fold(last[1])}:*"])


def _variants(text: str) -> _Sql:
    """As the words are written, and by the stems of each language."""
    stems = [f"websearch_to_tsquery('{stemmer}', %s)" for stemmer in STEMMERS.values()]
    every = ["websearch_to_tsquery('simple', %s)", *stems]
    return _Sql(" || ".join(every), [fold(text), *[text] * len(stems)])


# Ways to find them.


def _one_by_one(rows: Any) -> Subquery:
    """Look at each ticket in turn, in the order of the list: soon done where most have the words.

    A scalar subquery, because PostgreSQL would turn an EXISTS into a join and find everything first.
    """
    of_ticket = rows.filter(ticket=OuterRef("pk")).order_by().values(found=Value(True, BooleanField()))  # noqa: FBT003
    return Subquery(of_ticket[:1], output_field=BooleanField())


def _by_index(wanted: _Sql) -> Expression:
    """All of them from the index. The query hides in a SELECT, or PostgreSQL reads the table where it expects many."""
    rows = Passage.objects.filter(_holds(_Sql(f"SELECT {wanted.text}", wanted.values))).order_by()
    return _IsAny(F("pk"), ArraySubquery(rows.values("ticket_id")), output_field=BooleanField())


def _without(tickets: TicketQuerySet, unwanted: str, rows: Any) -> TicketQuerySet:
    return tickets.exclude(_Known(_one_by_one(rows.filter(_holds(_variants(unwanted))))))


def _estimate(rows: Any) -> int:
    """How many rows the planner's statistics expect; takes no longer than planning."""
    (plan,) = json.loads(rows.values("pk").order_by().explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


def _are_frequent(tickets: TicketQuerySet, rows: Any) -> bool:
    newest = tickets.order_by("-changed_at", "-id").values("pk")[:NEWEST]
    return Ticket.objects.filter(_one_by_one(rows), pk__in=newest).count() >= FREQUENT


def _holds(query: _Sql) -> Expression:
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
