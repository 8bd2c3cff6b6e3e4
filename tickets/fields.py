"""The fields of a ticket that conditions may name (settings.CONDITION_FIELDS; the language is in conditions.py)."""

from collections.abc import Callable
from functools import reduce
from operator import attrgetter, or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from tickets.comparisons import Field
from tickets.models import Mention, Ticket, Watcher
from tickets.search import words_q


def _people(model: type[Watcher] | type[Mention]) -> Callable[[list[Any] | None], Q]:
    """Tickets with a row of `model` for one of these people; without a list: for anybody."""

    def among(users: list[Any] | None) -> Q:
        rows = model.objects.filter(ticket=OuterRef("pk"))
        return Q(Exists(rows if users is None else rows.filter(user__in=[u for u in users if isinstance(u, int)])))

    return among


def _has_words(ticket: Ticket) -> Callable[[str], bool]:
    return lambda words: Ticket.objects.filter(words_q(str(words)), pk=ticket.pk).exists()


def _words(words: list[Any] | None) -> Q:
    return reduce(or_, (words_q(str(each)) for each in words or []), Q(pk__in=[]))


TICKET_FIELDS = {
    "number": Field("number", "text", attrgetter("number")),
    "title": Field("title", "text", attrgetter("title")),
    "queue": Field("queue", "row", attrgetter("queue")),
    "type": Field("type", "row", attrgetter("type")),
    "service": Field("service", "row", attrgetter("service")),
    "state": Field("state", "row", attrgetter("state")),
    "state.type": Field("state__type", "choice", attrgetter("state.type")),
    "priority": Field("priority", "row", attrgetter("priority")),
    "owner": Field("owner", "row", attrgetter("owner")),
    "responsible": Field("responsible", "row", attrgetter("responsible")),
    "customer": Field("customer", "row", attrgetter("customer")),
    "organisation": Field("organisation", "row", attrgetter("organisation")),
    "channel": Field("channel", "choice", attrgetter("channel")),
    "language": Field("language", "choice", attrgetter("language")),
    "tags": Field("tags", "list", attrgetter("tags")),
    "created": Field("created_at", "time", attrgetter("created_at")),
    "changed": Field("changed_at", "time", attrgetter("changed_at")),
    "closed": Field("closed_at", "time", attrgetter("closed_at")),
    "due": Field("due_at", "time", attrgetter("due_at")),
    "pending": Field("pending_until", "time", attrgetter("pending_until")),
    "last_customer": Field("last_customer_at", "time", attrgetter("last_customer_at")),
    "impact": Field("impact", "number", attrgetter("impact")),
    "urgency": Field("urgency", "number", attrgetter("urgency")),
    "time_spent": Field("time_spent", "number", attrgetter("time_spent")),
    "locked": Field("is_locked", "flag", attrgetter("is_locked")),
    "watcher": Field("", "people", lambda t: list(t.watchers.values_list("user", flat=True)), _people(Watcher)),
    "mentioned": Field("", "people", lambda t: list(t.mentions.values_list("user", flat=True)), _people(Mention)),
    "words": Field("", "words", _has_words, _words),
    "has_files": Field("has_files", "flag", attrgetter("has_files")),
}
