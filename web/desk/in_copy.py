"""Beside the ticket: who is kept in copy on the customer's side, and which links open it without signing in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from tickets.models import Participant, SecretLink, Ticket
from tickets.participation import in_copy, people_in_copy
from tickets.secret_links import usable
from web.desk.panels import TicketPanel

LINKS_SHOWN = 5


@dataclass(frozen=True)
class Sharing:
    """`links` are those that still open something, the newest first; of `more` only the number is told."""

    people: Sequence[Participant]
    links: Sequence[SecretLink]
    more: int
    may_write: bool


def sharing_of(ticket: Ticket, agent: User) -> Sharing:
    links = list(_links(ticket))
    return Sharing(people_in_copy(ticket), links[:LINKS_SHOWN], len(links[LINKS_SHOWN:]), ticket.allows(agent, "write"))


def _links(ticket: Ticket, at: datetime | None = None) -> QuerySet[SecretLink]:
    return usable(at).filter(ticket=ticket)


def _rows(ticket: Ticket, now: datetime) -> QuerySet:
    return in_copy(ticket).order_by().values("pk").union(_links(ticket, now).order_by().values("pk"))


IN_COPY = TicketPanel("desk/group_in_copy.html", sharing_of, _rows)
