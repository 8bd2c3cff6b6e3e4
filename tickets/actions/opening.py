"""How a ticket begins."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.people import primary_organisation
from core.clock import now
from core.text import clean_line
from tickets import customfields, vocabulary
from tickets.articles import write_article
from tickets.changes import plain
from tickets.events import Cause, record
from tickets.messages import Message
from tickets.models import Article, Priority, Queue, Service, StateType, Ticket, TicketType
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.numbering import next_number

SNAPSHOT = (
    "number",
    "title",
    "queue",
    "type",
    "service",
    "state",
    "priority",
    "owner",
    "responsible",
    "customer",
    "organisation",
    "channel",
    "language",
    "tags",
    "custom_fields",
    "pending_until",
    "is_locked",
)


@dataclass(frozen=True)
class Opening:
    """What a new ticket is to be; what is left out takes the queue's and the system's defaults."""

    title: str
    queue: Queue
    customer: User
    channel: str
    priority: Priority | None = None
    type: TicketType | None = None
    service: Service | None = None
    owner: User | None = None
    language: str = ""
    # None: the customer's own.
    organisation: Organisation | None = None
    tags: tuple[str, ...] = ()
    custom_fields: dict[str, Any] = field(default_factory=dict)


def open_ticket(
    opening: Opening,
    message: Message,
    *,
    sender: str = Sender.CUSTOMER,
    visible: bool = True,
    author: User | None = None,
    by: User,
    cause: Cause | None = None,
) -> Article:
    """A new ticket with its first message; returns that article (its `.ticket` is the ticket).

    Sent twice with the same `message.submission`, it makes one ticket. A first message of an agent over the channel
    "email" goes out to the customer. Notes are never `visible` to customers. `author` said it, where that is somebody
    else than who opens the ticket. Raises `ValidationError` for custom fields that do not fit.
    """
    with transaction.atomic():
        if earlier := submitted(message, by=by):
            return earlier
        ticket = _new_ticket(opening)
        visible = visible and opening.channel != Channel.NOTE
        article = write_article(
            ticket, message, channel=opening.channel, sender=sender, visible=visible, by=author or by
        )
        ticket.changed_at = ticket.created_at  # both are as old as it is, and no index has to be told
        record(ticket, "ticket.created", by=by, cause=cause, article=article, data=snapshot(ticket))
        return article


def submitted(message: Message, *, by: User) -> Article | None:
    """The article that this very form has already made: the answer to a double click."""
    if message.submission is None:
        return None
    return Article.objects.select_related("ticket").filter(author=by, submission=message.submission).first()


def snapshot(ticket: Ticket) -> dict[str, dict[str, Any]]:
    """Everything about the ticket as an opening event holds it, so that its past can be worked out from events."""
    return {name: {"was": None, "now": plain(getattr(ticket, name))} for name in SNAPSHOT}


def _new_ticket(opening: Opening) -> Ticket:
    customer, type, moment = opening.customer, opening.type or vocabulary.default_type(), now()
    return Ticket.objects.create(
        created_at=moment,
        changed_at=moment,
        number=next_number(),
        title=clean_line(opening.title, 300) or "-",
        queue=opening.queue,
        type=type,
        service=opening.service,
        state=vocabulary.first_state(StateType.NEW),
        priority=opening.priority or vocabulary.default_priority(),
        owner=opening.owner,
        customer=customer,
        organisation=opening.organisation or primary_organisation(customer),
        channel=opening.channel,
        language=opening.language or customer.language or opening.queue.language or "en",
        tags=sorted({clean_line(tag, 50) for tag in opening.tags} - {""}),
        custom_fields=customfields.checked(opening.custom_fields, queue=opening.queue, type=type),
    )
