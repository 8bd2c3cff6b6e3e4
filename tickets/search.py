"""Searching tickets: a number leads straight there, words look in subjects, texts and file names of articles."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Left

from accounts.models import User
from core.text import fold
from tickets.articles import STEMMERS
from tickets.models import Article, Ticket
from tickets.queries import TicketQuerySet

_NUMBER = re.compile(r"\s*\[?#?(\d{1,20})\]?\s*\Z")
_WITH_MINUS = re.compile(r'(?<!\S)-(?:"[^"]*"|[^\s"]+)')
MAX_QUERY = 200
# Characters of a text in which an excerpt looks for the words.
EXCERPTED = 5_000


def ticket_with_number(text: str, user: User) -> Ticket | None:
    """The ticket that `#48213`, `48213` or `[#48213]` names, when `user` may see it."""
    number = number_in(text)
    return Ticket.objects.allowing(user, "read").filter(number=number).first() if number else None


def number_in(text: str) -> str:
    """The ticket number that stands there alone; empty when it is something else."""
    number = _NUMBER.match(text)
    return number[1] if number else ""


def search(text: str, user: User) -> TicketQuerySet:
    """Tickets that `user` may see with all the words, by stem in any of our languages or as they are written."""
    return Ticket.objects.allowing(user, "read").filter(words_q(text))


def words_q(text: str, *, public_only: bool = False) -> Q:
    """Tickets with an article that holds the words; with `public_only`, in what customers can read."""
    articles = Article.objects.filter(ticket=OuterRef("pk"), search=_query(text[:MAX_QUERY]))
    if public_only:
        articles = articles.filter(visible_to_customer=True)
    return Q(Exists(articles))


def found_in(text: str, tickets: Iterable[Ticket]) -> dict[int, str]:
    """The beginning of the newest article of each ticket that holds the words, by ticket id: for excerpts."""
    hits = Article.objects.filter(ticket__in=[ticket.pk for ticket in tickets], search=_query(text[:MAX_QUERY]))
    newest = hits.order_by("ticket", "-created_at").distinct("ticket")
    return dict(newest.annotate(start=Left("body", EXCERPTED)).values_list("ticket_id", "start"))


def _query(text: str) -> SearchQuery:
    """Any variant of the words may be found, and no variant of a word with a minus: languages cut words differently."""
    text = text.replace("\x00", " ")
    query = reduce(or_, _variants(_WITH_MINUS.sub(" ", text)))
    unwanted = " or ".join(word[1:] for word in _WITH_MINUS.findall(text))
    return reduce(and_, [~variant for variant in _variants(unwanted)], query) if unwanted else query


def _variants(text: str) -> list[SearchQuery]:
    """As the words are written, and by the stems of each language."""
    stems = [SearchQuery(text, config=stemmer, search_type="websearch") for stemmer in STEMMERS.values()]
    return [SearchQuery(fold(text), config="simple", search_type="websearch"), *stems]
