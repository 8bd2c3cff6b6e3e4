"""One mail for many tickets: what it is about, and each of them with what happened and the way to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import ngettext

from accounts.models import User
from automation.models import NoticeDelivery
from automation.notices.occasions import OCCASIONS, Audience
from automation.notices.texts import Words, as_read_by, common_values, language_of, worded
from automation.notices.wordings import OF_MANY
from core.links import request_in_portal, ticket_in_desk
from tickets.models import Event, Ticket
from tickets.placeholders import Reader
from tickets.sentences import sentence_of

MOST = 200
# A ticket, and the last that happened to it.
Line = tuple[Ticket, Event | None]


def digest_for(user: User, rows: Sequence[NoticeDelivery]) -> Words:
    """In the reader's language; `rows` are those that he may still hear of."""
    first = rows[0]
    lines = list({row.ticket_id: (row.ticket, row.event) for row in rows}.values())
    with as_read_by(user, first.ticket):
        values = values_of_many(user, lines, occasion=first.occasion, relation=first.relation)
        reader = Reader(language_of(user, first.ticket), first.ticket.queue)
        return worded(OF_MANY[OCCASIONS[first.occasion].audience], values, reader)


def values_of_many(user: User, lines: Sequence[Line], *, occasion: str, relation: str) -> dict[str, Any]:
    """What placeholders stand for, in the active language; only so many tickets are named."""
    is_agent = OCCASIONS[occasion].audience == Audience.AGENTS
    number, left_out = len(lines), len(lines) - MOST
    more = ngettext("And %(number)s more.", "And %(number)s more.", left_out) % {"number": left_out}
    return {
        **common_values(user, occasion=occasion, relation=relation),
        "number": str(number),
        "how_many": (_tickets if is_agent else _requests)(number),
        "tickets": [_of_agent(*line) if is_agent else _of_customer(*line) for line in lines[:MOST]],
        # None, because "" counts as true in Liquid.
        "more": more if left_out > 0 else None,
    }


def _tickets(number: int) -> str:
    return ngettext("%(number)s ticket", "%(number)s tickets", number) % {"number": number}


def _requests(number: int) -> str:
    return ngettext("%(number)s request", "%(number)s requests", number) % {"number": number}


def _of_agent(ticket: Ticket, event: Event | None) -> Mapping[str, str]:
    return {
        "number": ticket.number,
        "title": ticket.title,
        "what": sentence_of(event) if event else "",
        "link": ticket_in_desk(ticket.number),
    }


def _of_customer(ticket: Ticket, _event: Event | None) -> Mapping[str, str]:
    """Nothing that only agents may know."""
    return {
        "number": ticket.number,
        "title": ticket.title,
        "link": request_in_portal(ticket.number, host=ticket.queue.host),
    }
