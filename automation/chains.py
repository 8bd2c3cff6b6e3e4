"""Chains of causes: which event began it all, and what came in between."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from tickets.models import Event

_CHAINS = """
    WITH RECURSIVE chain AS (
        SELECT id AS begun, id, cause_event_id, 0 AS steps FROM tickets_event WHERE id = ANY(%s)
        UNION ALL
        SELECT chain.begun, above.id, above.cause_event_id, chain.steps + 1
        FROM tickets_event above JOIN chain ON above.id = chain.cause_event_id
        WHERE chain.steps < 50
    )
    SELECT begun, id FROM chain WHERE steps > 0 ORDER BY begun, steps
"""
_CHAIN = """
    WITH RECURSIVE chain AS (
        SELECT id, ticket_id, kind, cause_kind, cause_reference, cause_event_id, 0 AS steps
        FROM tickets_event WHERE id = %s
        UNION ALL
        SELECT above.id, above.ticket_id, above.kind, above.cause_kind, above.cause_reference, above.cause_event_id,
               chain.steps + 1
        FROM tickets_event above JOIN chain ON above.id = chain.cause_event_id
        WHERE chain.steps < 50
    )
    SELECT id, ticket_id, kind, cause_kind, cause_reference FROM chain ORDER BY steps
"""


@dataclass(frozen=True)
class Link:
    """An event in a chain, and by what it came about."""

    event: int
    ticket: int
    kind: str
    cause_kind: str
    cause_reference: str


def chain_of(event: Event) -> Sequence[Link]:
    """The event and those that led to it, back to the first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [event.pk])
        return [Link(*row) for row in cursor.fetchall()]


def causes_of(events: Collection[Event]) -> Mapping[int, Sequence[Event]]:
    """By event: those that led to it, the nearest first, each with its actor; two queries for all of them."""
    caused = [event.pk for event in events if event.cause_event_id is not None]
    if not caused:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS, [caused])
        pairs = cursor.fetchall()
    known = Event.objects.select_related("actor", "on_behalf_of").in_bulk({cause for _event, cause in pairs})
    found: dict[int, list[Event]] = {}
    for event, cause in pairs:
        found.setdefault(event, []).append(known[cause])
    return found


def root_of(event: Event) -> int:
    """The first event of its chain; without a query where it is the event itself."""
    return event.pk if event.cause_event_id is None else chain_of(event)[-1].event
