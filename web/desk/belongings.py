"""What belongs to a ticket beside its conversation: links, merged tickets, watchers, time, checklist."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from core.prepared import prepared_figures
from tickets.models import ChecklistItem, Link, Ticket, TimeEntry, Watcher
from tickets.models.link import link_words

MERGED_SHOWN = 20
TIMES_SHOWN = 5


@dataclass(frozen=True)
class Linked:
    """A link as it is read from this ticket: it is `words` ("parent of") `other`."""

    pk: int
    words: str
    other: Ticket


@dataclass(frozen=True)
class Spent:
    entry: TimeEntry
    may_remove: bool


@dataclass(frozen=True)
class Belongings:
    links: Sequence[Linked]
    # Tickets that were merged into this one and that the agent may see.
    merged: Sequence[Ticket]
    watchers: Sequence[User]
    is_watched: bool
    times: Sequence[Spent]
    steps: Sequence[ChecklistItem]

    @property
    def done(self) -> int:
        return sum(step.done_at is not None for step in self.steps)


def belongings_of(ticket: Ticket, agent: User) -> Belongings:
    """Other tickets only as far as the agent may see them (T48). What there is none of is not asked for."""
    has = _what_there_is(ticket.pk)
    watchers = [watcher.user for watcher in ticket.watchers.select_related("user")] if has["watchers"] else []
    return Belongings(
        links=_links(ticket, agent) if has["links"] else [],
        merged=_merged(ticket, agent) if has["merged"] else [],
        watchers=watchers,
        is_watched=agent in watchers,
        times=_times(ticket, agent),
        steps=list(ticket.checklist.select_related("done_by")) if has["steps"] else [],
    )


def _merged(ticket: Ticket, agent: User) -> list[Ticket]:
    merged = Ticket.objects.allowing(agent, "read").filter(merged_into=ticket)
    return list(merged.select_related("state").order_by("id")[:MERGED_SHOWN])


@prepared_figures(int, limit=1)
def _what_there_is(pk: int) -> tuple[dict[str, QuerySet], dict[str, QuerySet]]:
    counted: dict[str, QuerySet] = {
        "watchers": Watcher.objects.filter(ticket=pk),
        "links": Link.objects.filter(Q(source=pk) | Q(target=pk)),
        "merged": Ticket.objects.filter(merged_into=pk),
        "steps": ChecklistItem.objects.filter(ticket=pk),
    }
    return counted, {}


def _links(ticket: Ticket, agent: User) -> list[Linked]:
    ends = Link.objects.filter(Q(source=ticket) | Q(target=ticket)).select_related("source__state", "target__state")
    found = []
    for link in ends.order_by("kind", "id"):
        is_source = link.source_id == ticket.pk
        other = link.target if is_source else link.source
        if other.allows(agent, "read"):
            found.append(Linked(link.pk, str(link_words(link.kind if is_source else f"{link.kind}_of")), other))
    return found


def _times(ticket: Ticket, agent: User) -> list[Spent]:
    """The newest; their sum stands on the ticket."""
    if not ticket.time_spent:
        return []
    writes, notes = ticket.allows(agent, "write"), ticket.allows(agent, "note")
    entries = ticket.time_entries.select_related("user")[:TIMES_SHOWN]
    return [Spent(entry, writes or (notes and entry.user_id == agent.pk)) for entry in entries]
