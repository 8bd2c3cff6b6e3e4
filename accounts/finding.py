"""Finding people and organisations by the beginnings of words, through indexes: pickers never look at every row."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet, Value

from accounts.models import EmailAddress, Organisation, User
from accounts.plain import plain, words_of
from core.text import fold, normalise_address

# The order of names, for pages (core/pagination.py) of what `by_name` gives.
BY_NAME = ("plain_name", "pk")
MOST_WORDS = 5
# Further addresses that begin alike: whoever means another one types on.
MOST_ADDRESSES = 100
# So many are looked up before they are put in order; of more than that the first are found quickly in order of names.
FEW = 500
_WORD = re.compile(r"[^\W_]+")


def by_name(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With the name as it is sorted: case and accents aside."""
    return rows.annotate(plain_name=plain("name"))


def people_with(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Those of `people` with each word of `text` at the beginning of a word of their name or address."""
    words = _words(text)
    if not words:
        return people
    wanted = Q(words=_query(words))
    if len(text.split()) == 1:
        begun = EmailAddress.objects.filter(address__startswith=normalise_address(text))
        wanted |= Q(pk__in=list(begun.values_list("user_id", flat=True)[:MOST_ADDRESSES]))
    return _narrowed(people, people.alias(words=words_of("name", "email")).filter(wanted))


def organisations_with(organisations: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those of `organisations` with each word of `text` at the beginning of a word of their name."""
    words = _words(text)
    if not words:
        return organisations
    return _narrowed(organisations, organisations.alias(words=words_of("name")).filter(words=_query(words)))


def with_name(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    """Rows of this very name, case and accents aside."""
    return by_name(rows).filter(plain_name=plain(Value(name)))


def _narrowed(rows: QuerySet[Any], found: QuerySet[Any]) -> QuerySet[Any]:
    """What was found among the rows, by number where that is not much.

    Asked for the first few by name, PostgreSQL would rather walk along the names and look for the words in each,
    through nearly all of them where hardly one has the words.
    """
    numbers = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
    return found if len(numbers) > FEW else rows.filter(pk__in=numbers)


def _words(text: str) -> Sequence[str]:
    return _WORD.findall(fold(text))[:MOST_WORDS]


def _query(words: Sequence[str]) -> SearchQuery:
    return SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
