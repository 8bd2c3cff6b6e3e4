"""Answers that count for the clocks and have not reached anybody: the mail failed for all recipients, or is held back.

A response clock is met by the first message of an agent that the customer may see (docs/sla.md), at the moment it is
written. What became of its mail is known later; that is said beside the clock and above the conversation.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from core.prepared import IDS, prepared
from mail.models import Outgoing
from sla.models import Clock, Entry, EntryKind, Kind, State
from tickets.models import Article, Ticket
from tickets.models.article import Sender

HELD, FAILED = Outgoing.State.HELD, Outgoing.State.FAILED
# Clocks that a message to the customer ends.
RESPONSES = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE, Kind.UPDATE)


@dataclass(frozen=True)
class Unreached:
    """The newest answer of a ticket, of which nobody has got anything. `is_held`: it can still leave."""

    article_id: int
    is_held: bool


def last_said(ticket_id: int) -> QuerySet[Article]:
    """What was said last between customer and agents; for a question that asks for more than this."""
    said = Article.objects.filter(ticket=ticket_id, visible_to_customer=True).exclude(sender=Sender.SYSTEM)
    return said.order_by("-created_at", "-id")


def unreached(ticket: Ticket, state: str | None) -> Unreached | None:
    """None when all is well. `state` is that of the mail of what was said last: it is looked for only in trouble."""
    if state not in (HELD, FAILED):
        return None
    article = last_said(ticket.pk).values_list("pk", flat=True).first()
    return Unreached(article, is_held=state == HELD) if article else None


def undelivered_ends(clocks: Iterable[Clock]) -> Mapping[int, str]:
    """Of these clocks those that were ended by a message that reached nobody, with the state of its mail. One query,
    none when no message has ended any."""
    ended = {clock.pk: clock.ended_at for clock in clocks if clock.kind in RESPONSES and clock.state == State.MET}
    if not ended:
        return {}
    # An end that was taken back has an entry, too.
    return {pk: state for pk, at, state in _ends(list(ended)) if at == ended[pk]}


@prepared(IDS)
def _ends(clocks: Collection[int]) -> QuerySet:
    ends = Entry.objects.filter(clock_id__among=clocks, kind=EntryKind.MET)
    ends = ends.filter(event__article__outgoing__state__in=(HELD, FAILED)).order_by("pk")
    return ends.values_list("clock_id", "at", "event__article__outgoing__state")
