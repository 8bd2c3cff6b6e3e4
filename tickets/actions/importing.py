"""Tickets of another system: how they come, and how changes there are taken over. Nothing follows from any of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.clock import now, pretend
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.progress import set_state
from tickets.changes import locked
from tickets.events import Cause, record, retold
from tickets.messages import Message
from tickets.models import State, Ticket

IMPORTED = "ticket.imported"


@dataclass(frozen=True)
class Former:
    """What became of a ticket in the house where it was. `until` is what a pending state waits for."""

    number: str
    created_at: datetime
    state: State
    closed_at: datetime | None = None
    until: datetime | None = None


def import_ticket(opening: Opening, message: Message, former: Former, *, by: User, cause: Cause) -> Ticket:
    """The ticket as it was there, at the times when it was; its history ends with a line about the import, of today.

    The customer has said the message. Raises `ValidationError` and what `set_state` raises.
    """
    with transaction.atomic(), retold():
        with pretend(former.created_at):
            article = open_ticket(opening, message, author=opening.customer, by=by, cause=cause)
        with pretend(former.closed_at or former.created_at):
            set_state(article.ticket, former.state, until=former.until, by=by, cause=cause)
        with locked(article.ticket) as ticket:
            number = {"former_number": {"was": None, "now": former.number}}
            record(ticket, IMPORTED, by=by, cause=cause, data=number)
        return ticket


@contextmanager
def told_anew(ticket: Ticket, at: datetime | None) -> Iterator[None]:
    """Within, verbs take over what has changed in the other house: at that time, where it is behind all that is known
    of the ticket, else now."""
    newest = ticket.events.order_by("-version").values_list("at", flat=True)[0]
    with transaction.atomic(), retold(), pretend(at if at is not None and at > newest else now()):
        yield
