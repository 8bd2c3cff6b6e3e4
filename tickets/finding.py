"""Finding tickets by the search language (docs/search.md): what the search page, the API and saved views share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from tickets.conditions import to_q, viewer
from tickets.customfields import custom_fields
from tickets.language import read
from tickets.lookups import ReadersNames
from tickets.models import Ticket
from tickets.queries import TicketQuerySet
from tickets.search import matching, matching_by_closeness

Condition = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What a query means and the tickets it finds, unordered; `words` are those to mark where they stand.

    With `is_ranked` the tickets have `closeness`: how close they are to the words (tickets/closeness.py).
    """

    condition: Condition
    tickets: TicketQuerySet
    words: str
    is_ranked: bool = False


def find(query: str, user: User) -> Found:
    """Tickets that `user` may see, without those in the trash. Raises `LanguageError`."""
    condition = condition_of(query, user)
    found = narrowed(Ticket.objects.allowing(user, "read").not_removed(), condition, user)
    return Found(condition, found.with_due_order(), words_in(condition))


def find_best(query: str, user: User) -> Found:
    """As `find`, and where there are not too many of them how close each one is. Raises `LanguageError`."""
    condition = condition_of(query, user)
    rest, words = _parted(condition)
    tickets = Ticket.objects.allowing(user, "read").not_removed()
    ranked = matching_by_closeness(tickets.filter(to_q(rest, viewer(user))), words) if words else None
    found = narrowed(tickets, condition, user) if ranked is None else ranked
    return Found(condition, found.with_due_order(), words_in(condition), is_ranked=ranked is not None)


def narrowed(tickets: TicketQuerySet, condition: Condition, user: User) -> TicketQuerySet:
    """Those of `tickets`, which `user` may see, that the condition of a query holds for."""
    rest, words = _parted(condition)
    tickets = tickets.filter(to_q(rest, viewer(user)))
    return matching(tickets, words) if words else tickets


def condition_of(query: str, user: User) -> Condition:
    """What `query` means to `user`. Raises `LanguageError`."""
    kinds = {name: field.kind for name, field in custom_fields().items()}
    return read(query, ReadersNames(user), kinds)


def words_in(condition: Condition) -> str:
    """All words that a condition looks for; those it does not want are left out."""
    return " ".join(_words(condition))


def _words(condition: Condition) -> Iterator[str]:
    if condition.get("field") == "words":
        yield str(condition.get("contains", ""))
    for part in [*condition.get("all", []), *condition.get("any", [])]:
        yield from _words(part)


def _parted(condition: Condition) -> tuple[Condition, str]:
    """The words that must be there by themselves: for them there are quicker ways than a condition knows."""
    if condition.get("field") == "words":
        return {"all": []}, str(condition["contains"])
    parts = condition.get("all", [])
    words = [part for part in parts if part.get("field") == "words"]
    if len(words) != 1:
        return condition, ""
    return {"all": [part for part in parts if part is not words[0]]}, str(words[0]["contains"])
