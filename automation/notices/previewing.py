"""How an email of notices would read: as whoever asks would get it, on tickets that they see."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import override

from accounts.models import User
from automation.notices.digest import Line, values_of_many
from automation.notices.happenings import happenings_of
from automation.notices.occasions import OCCASIONS, Audience
from automation.notices.texts import heading, values_for
from automation.notices.wordings import OF_MANY, Wording
from tickets.models import Event, Ticket
from tickets.placeholders import Reader, examples_of, extended
from tickets.previewing import Known, Typed, with_subject

# Events of a ticket among which an example is looked for; tickets of an email about many.
LOOKED_AT, TICKETS = 50, 5
# What such an email tells of, in the preview.
_MANY = {Audience.AGENTS: "state", Audience.CUSTOMERS: "request_closed"}


def typed_text(wording: Wording, subject: str, body: str) -> Typed:
    """An empty text is the stock text."""

    def typed(_language: str) -> str:
        if not subject and not body:
            return with_subject(str(wording.stock.subject), str(wording.stock.body))
        return with_subject(subject, body)

    return typed


def known_values(wording: Wording, by: User) -> Known:
    """What placeholders of this email stand for."""

    def known(ticket: Ticket | None, language: str) -> Mapping[str, Any]:
        if ticket is None:
            with override(language):
                return {**examples_of(wording.placeholders, language), **_examples(wording)}
        of_many = wording.key in OF_MANY.values()
        values = _of_many(ticket, wording, by) if of_many else _of_one(ticket, wording, by)
        return extended(values, Reader(language, ticket.queue))

    return known


def _of_one(ticket: Ticket, wording: Wording, by: User) -> dict[str, Any]:
    occasion = OCCASIONS[wording.key]
    events = _example_of(occasion.key, ticket)
    return values_for(by, ticket, events, occasion=occasion.key, relation=occasion.relations[0])


def _of_many(ticket: Ticket, wording: Wording, by: User) -> dict[str, Any]:
    """The ticket and the newest others."""
    occasion = OCCASIONS[_MANY[wording.audience]]
    mine = Ticket.objects.allowing(by, "read").select_related("queue")
    others = mine.exclude(pk=ticket.pk).order_by("-changed_at", "-id")[: TICKETS - 1]
    lines: list[Line] = [(one, next(iter(_example_of(occasion.key, one)), None)) for one in (ticket, *others)]
    return values_of_many(by, lines, occasion=occasion.key, relation=occasion.relations[0])


def _example_of(occasion: str, ticket: Ticket) -> list[Event]:
    """The newest event of the ticket that is one, else the newest message, else whatever was the last."""
    newest = list(ticket.events.select_related("article", "actor", "on_behalf_of").order_by("-id")[:LOOKED_AT])
    fitting = (one for one in newest if any(found.occasion == occasion for found in happenings_of(one)))
    spoken = (one for one in newest if one.article is not None and not one.actor.is_system)
    found = next(fitting, None) or next(spoken, None) or next(iter(newest), None)
    return [found] if found else []


def _examples(wording: Wording) -> dict[str, Any]:
    """What the email says it is about, and what there may be several of."""
    if wording.key not in OF_MANY.values():
        notice = {"notice": heading(wording.key)}
        if wording.audience == Audience.CUSTOMERS:
            return notice
        return {**notice, "events": [{"at": "09:30", "what": str(wording.label), "who": "Dana Miller"}]}
    what, link = heading(_MANY[wording.audience]), "https://help.example.com/"
    return {
        "tickets": [
            {"number": "48213", "title": "Printer hums", "what": what, "link": f"{link}48213/"},
            {"number": "48217", "title": "Screen stays dark", "what": what, "link": f"{link}48217/"},
        ]
    }
