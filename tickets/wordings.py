"""Reply templates and snippets: which ones an agent is offered, and their placeholders filled for a ticket."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from core.liquid import render
from core.text import fold
from tickets.models import Queue, ReplyTemplate, Snippet, Ticket
from tickets.models.writing import Wording
from tickets.placeholders import Reader, examples_of, extended

# What placeholders may say, with an example each; the editor offers these and those of settings.PLACEHOLDERS.
PLACEHOLDERS = {
    "ticket.number": "48213",
    "ticket.title": "Printer hums",
    "ticket.queue": "Support",
    "ticket.service": "New laptop",
    "customer.name": "Dana Miller",
    "customer.first_name": "Dana",
    "customer.email": "dana@acme.example",
    "customer.organisation": "Acme",
    "agent.name": "Bea Costa",
    "agent.first_name": "Bea",
    "agent.email": "bea@demo.example",
    "today": "2026-11-21",
}


MOST_OFFERED = 8
_PLACEHOLDER = re.compile(r"\{\{-?\s*([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)")
_LOOP = re.compile(r"\{%-?\s*for\s+([a-z_][a-z0-9_]*)\s+in\s")


@dataclass(frozen=True)
class Offer:
    """A wording that may be put into the text: `text` is what would stand there, `missing` are its placeholders for
    which this ticket has no value."""

    key: str
    name: str
    # By which it is called after "/"; empty for a template.
    keyword: str
    language: str
    text: str
    missing: Sequence[str]


def offers(user: User, ticket: Ticket, words: str, *, kinds: Iterable[type[Wording]]) -> list[Offer]:
    """The first few wordings for an answer on this ticket whose name or keyword has these words, best first.

    One whose text cannot be read is left out: its page in the settings says why.
    """
    found = [wording for kind in kinds for wording in _of_kind(kind, user, ticket)]
    wanted = fold(words).split()
    fitting = [wording for wording in found if all(word in _searched(wording) for word in wanted)]
    fitting.sort(key=lambda wording: _rank(wording, fold(words).strip(), ticket.language))
    known = values(ticket, user)
    return list(islice((offer for wording in fitting if (offer := _offer(wording, known))), MOST_OFFERED))


def offer_of(user: User, ticket: Ticket, key: str) -> Offer | None:
    """The offer with this key, if it is one for this agent and ticket."""
    name, _dash, pk = key.partition("-")
    kind = next((kind for kind in (ReplyTemplate, Snippet) if kind._meta.model_name == name), None)
    if kind is None or not pk.isdecimal() or len(pk) > 18:
        return None
    wording = next((one for one in _of_kind(kind, user, ticket) if one.pk == int(pk)), None)
    return _offer(wording, values(ticket, user)) if wording else None


def missing_values(text: str, known: Mapping[str, Any]) -> list[str]:
    """The placeholders of a template that `known` has no value for, in order; what a loop names is none."""
    own = {*_LOOP.findall(text), "forloop"}
    names = [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name.partition(".")[0] not in own]
    return [name for name in names if not _value_of(name, known)]


def templates_for(user: User, queue: Queue, language: str = "") -> QuerySet[ReplyTemplate]:
    """Templates offered to `user` in `queue`: those of the language first, then those that say none."""
    mine = _offered(ReplyTemplate.objects.all(), user)
    return mine.filter(Q(queues=None) | Q(queues__in=queue.line)).filter(_in_language(language)).distinct()


def templates_of(user: User) -> QuerySet[ReplyTemplate]:
    """Templates offered to `user` wherever a ticket may come to lie: for one that is not there yet."""
    return _offered(ReplyTemplate.objects.all(), user).distinct()


def snippets_for(user: User, language: str = "") -> QuerySet[Snippet]:
    return _offered(Snippet.objects.all(), user).filter(_in_language(language)).distinct()


def fill(text: str, ticket: Ticket, agent: User) -> str:
    """The text with its placeholders filled. Raises `ValueError` when the template cannot be read."""
    return render(text, values(ticket, agent))


def values(ticket: Ticket, agent: User) -> dict[str, Any]:
    """What placeholders stand for: plain texts, so that nothing can be reached through them (T58)."""
    customer = ticket.customer
    own = {
        "ticket": {
            "number": ticket.number,
            "title": ticket.title,
            "queue": ticket.queue.name,
            "service": _service(ticket),
        },
        "customer": {
            "name": customer.name,
            "first_name": customer.name.partition(" ")[0],
            "email": customer.email,
            "organisation": ticket.organisation.name if ticket.organisation else "",
        },
        "agent": {"name": agent.name, "first_name": agent.name.partition(" ")[0], "email": agent.email},
        "today": timezone.localdate().isoformat(),
    }
    return extended(own, Reader(ticket.language, ticket.queue))


def _service(ticket: Ticket) -> str:
    return ticket.service.name_in(ticket.language) if ticket.service else ""


def examples() -> dict[str, Any]:
    """Every placeholder with its example, as templates take them: to try a text before it is used."""
    return examples_of(PLACEHOLDERS)


def _of_kind(kind: type[Wording], user: User, ticket: Ticket) -> Iterable[Wording]:
    if kind is ReplyTemplate:
        return templates_for(user, ticket.queue, ticket.language)
    return snippets_for(user, ticket.language)


def _searched(wording: Wording) -> str:
    return fold(f"{wording.name} {_keyword(wording)}")


def _rank(wording: Wording, words: str, language: str) -> tuple[Any, ...]:
    """The exact keyword, then what begins like that, then the customer's language, then by name."""
    keyword, name = fold(_keyword(wording)), fold(wording.name)
    begins = bool(words) and (keyword.startswith(words) or name.startswith(words))
    return (not words or keyword != words, not begins, wording.language != language, name)


def _keyword(wording: Wording) -> str:
    return wording.keyword if isinstance(wording, Snippet) else ""


def _offer(wording: Wording, known: dict[str, Any]) -> Offer | None:
    try:
        text = render(wording.body, known)
    except ValueError:
        return None
    key = f"{wording._meta.model_name}-{wording.pk}"
    missing = missing_values(wording.body, known)
    return Offer(key, wording.name, _keyword(wording), wording.language, text.strip(), missing)


def _value_of(name: str, known: Mapping[str, Any]) -> Any:
    value: Any = known
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _offered(wordings: QuerySet, user: User) -> QuerySet:
    return wordings.filter(is_active=True).filter(Q(roles=None) | Q(roles__in=user.groups.all()))


def _in_language(language: str) -> Q:
    return Q(language="") | Q(language=language) if language else Q()
