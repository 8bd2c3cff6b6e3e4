"""The tickets that a request is about: those ticked in a list, or all of that list."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from tickets.bulk import MOST
from tickets.models import Queue, Ticket
from tickets.queries import TicketQuerySet
from web.desk.lists import listing_with_key


@dataclass(frozen=True)
class Selection:
    """`key` names the list when all of it is meant."""

    tickets: TicketQuerySet
    key: str = ""

    @cached_property
    def ids(self) -> Sequence[int]:
        return list(self.tickets.values_list("pk", flat=True)[:MOST])

    @property
    def number(self) -> int:
        return len(self.ids)

    @cached_property
    def queues(self) -> Sequence[Queue]:
        return list(Queue.objects.filter(pk__in=Ticket.objects.filter(pk__in=self.ids).values("queue")))

    @property
    def named(self) -> Sequence[int]:
        """What a form carries on: the ids, unless it carries the list itself."""
        return [] if self.key else self.ids


def selection_of(request: HttpRequest) -> Selection:
    """Only what the agent may see; what has no right to be there is left out without a word."""
    key = request.POST.get("list", "")
    if "all" in request.POST and (listing := listing_with_key(key, request.user)):
        return Selection(listing.tickets.order_by(*listing.order), key)
    ids = [int(pk) for pk in request.POST.getlist("ticket")[:MOST] if pk.isdecimal() and len(pk) < 19]
    return Selection(Ticket.objects.allowing(request.user, "read").filter(pk__in=ids).order_by("pk"))
