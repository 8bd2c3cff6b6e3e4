"""What a mail of a notice says: the words of administrators where there are some, else the stock text, in the reader's
language and zone. Placeholders are plain texts, so that nothing can be reached through them (T58)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.absence import zone_of
from automation.notices.house import text_written
from automation.notices.occasions import OCCASIONS, REASONS, TOLD, Audience
from automation.notices.wordings import WORDINGS
from core.links import absolute, request_in_portal, ticket_in_desk
from core.liquid import TemplateError, render
from core.moments import moment
from core.text import clean_line
from mail.replies import split_reply
from tickets.models import Article, Event, Ticket
from tickets.models.queue import place
from tickets.placeholders import Reader, extended
from tickets.sentences import actor_name, sentence_of

SPOKEN = ("article.added", "article.held", "ticket.created")
MOST_EVENTS = 20
MOST_WORDS = 2000
SETTINGS = "/profile/notices/"


@dataclass(frozen=True)
class Words:
    subject: str
    body: str


def language_of(user: User, ticket: Ticket) -> str:
    """The reader's, else, of a customer, that of the request."""
    return user.language or (settings.LANGUAGE_CODE if user.is_agent else ticket.language)


@contextmanager
def as_read_by(user: User, ticket: Ticket) -> Iterator[None]:
    """Words and times as this person reads them."""
    with override(language_of(user, ticket)), timezone.override(zone_of(user)):
        yield


def words_for(user: User, ticket: Ticket, events: Sequence[Event], *, occasion: str, relation: str) -> Words:
    """What this person is told of these events, oldest first, which are all about `ticket`."""
    with as_read_by(user, ticket):
        values = values_for(user, ticket, events, occasion=occasion, relation=relation)
        return worded(occasion, values, Reader(language_of(user, ticket), ticket.queue))


def worded(key: str, values: Mapping[str, Any], reader: Reader) -> Words:
    """The text of the house for this wording, filled with these values; the stock text where there is none, or none
    that can be read."""
    known = extended(values, reader)
    written = text_written(key, reader.language)
    if written is not None:
        try:
            return filled(written.subject, written.body, known)
        except TemplateError:  # saved before the language of templates changed
            pass
    stock = WORDINGS[key].stock
    return filled(str(stock.subject), str(stock.body), known)


def filled(subject: str, body: str, values: Mapping[str, Any]) -> Words:
    """Raises `TemplateError`."""
    return Words(clean_line(render(subject, dict(values)), 300), render(body, dict(values)))


def values_for(user: User, ticket: Ticket, events: Sequence[Event], *, occasion: str, relation: str) -> dict[str, Any]:
    """What placeholders stand for, in the active language. Customers get nothing that only agents may know."""
    common = common_values(user, occasion=occasion, relation=relation)
    if OCCASIONS[occasion].audience == Audience.CUSTOMERS:
        request = {"number": ticket.number, "title": ticket.title}
        return {**common, "ticket": request, "link": request_in_portal(ticket.number, host=ticket.queue.host)}
    return {
        **common,
        "ticket": _ticket(ticket),
        "customer": {
            "name": str(ticket.customer),
            "email": ticket.customer.email,
            "organisation": ticket.organisation.name if ticket.organisation else "",
        },
        "link": ticket_in_desk(ticket.number),
        "events": [
            {"what": sentence_of(event), "at": moment(event.at), "who": actor_name(event)}
            for event in events[-MOST_EVENTS:]
        ],
        # None, because "" counts as true in Liquid.
        "message": _messages(events) or None,
    }


def common_values(user: User, *, occasion: str, relation: str) -> dict[str, Any]:
    """What every mail of notices may say, in the active language."""
    return {
        "notice": heading(occasion),
        "reason": str(REASONS[relation]),
        "person": {"name": str(user), "first_name": str(user).partition(" ")[0]},
        "settings": absolute(SETTINGS),
        "site": settings.SITE_NAME,
    }


def heading(occasion: str) -> str:
    """The occasion in a few words, as a title says it."""
    return str(HEADINGS[occasion])


HEADINGS = {
    "mentioned": _("You were mentioned"),
    "assigned": _("A ticket for you"),
    "asked": _("A process waits for you"),
    "stuck": _("A process is stuck"),
    "escalated": _("Escalation"),
    "breached": _("The time has run out"),
    "warned": _("Time is running short"),
    "reminder": _("Reminder"),
    "answered": _("Message from the customer"),
    "new": _("New ticket"),
    "moved": _("Ticket moved to your queues"),
    "undelivered": _("Message not delivered"),
    "note": _("New note"),
    "reply": _("The customer got an answer"),
    "survey": _("Answer to a survey"),
    "state": _("New status"),
    "changed": _("Ticket changed"),
    TOLD: _("Notice"),
    "request_opened": _("New request"),
    "request_said": _("New message"),
    "request_closed": _("Request closed"),
}


def _ticket(ticket: Ticket) -> dict[str, str]:
    return {
        "number": ticket.number,
        "title": ticket.title,
        "queue": place(ticket.queue.path),
        "state": gettext(ticket.state.name),
        "priority": gettext(ticket.priority.name),
        "type": gettext(ticket.type.name),
        "service": ticket.service.shown_name if ticket.service else "",
        "owner": str(ticket.owner or ""),
        "responsible": str(ticket.responsible or ""),
    }


def _messages(events: Sequence[Event]) -> str:
    found = filter(None, (_message(event) for event in events[-MOST_EVENTS:]))
    return "\n\n".join(found)[: 2 * MOST_WORDS]


def _message(event: Event) -> str:
    """What was written, without what it quotes; of a rule its own words."""
    if event.kind == "people.told":
        return str(event.data["text"]["now"])
    article: Article | None = event.article
    if article is None or event.kind not in SPOKEN:
        return ""
    # A merge may have taken it to a ticket that this reader does not see.
    if article.ticket_id != event.ticket_id:
        return ""
    text = split_reply(article.body).visible.strip()
    return text if len(text) <= MOST_WORDS else text[:MOST_WORDS].rstrip() + " …"
