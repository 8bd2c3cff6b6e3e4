"""Tickets as they were, worked out from their events: back from what they are now, then forwards event by event."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import models

from accounts.models import Organisation, User
from tickets.changes import moment
from tickets.fresh import NEIGHBOURS
from tickets.models import Event, Priority, Queue, Service, State, Ticket, TicketType
from tickets.models.article import Sender

# Fields of which events hold the id; all others are as they stand there.
ROWS: Mapping[str, type[models.Model]] = {
    "queue": Queue,
    "type": TicketType,
    "service": Service,
    "state": State,
    "priority": Priority,
    "owner": User,
    "responsible": User,
    "customer": User,
    "organisation": Organisation,
}
TIMES = ("pending_until", "closed_at")
PLAIN = ("title", "tags", "custom_fields", "impact", "urgency", "is_locked", "time_spent", "language", "channel")
TOLD = frozenset((*ROWS, *TIMES, *PLAIN))
# What events do not tell, and what is therefore taken as it is today.
UNTOLD = frozenset({"due", "words", "watcher", "mentioned", "has_files", "sla"})
# Columns that are set when a ticket is put back into its past.
COLUMNS = (*(f"{name}_id" for name in ROWS), *TIMES, *PLAIN, "pending_done", "last_public_at", "last_customer_at")
# Events of one transaction are seen together by whoever reacts to them. What was loaded in bulk is in one, too.
TOGETHER = timedelta(minutes=1)

Rows = Mapping[str, Mapping[int, models.Model]]


def histories_of(ids: Collection[int]) -> Mapping[int, Sequence[Event]]:
    """All events of these tickets in their order; one query."""
    found: dict[int, list[Event]] = {pk: [] for pk in ids}
    events = Event.objects.filter(ticket__in=ids).select_related("actor", "article__author").defer("article__html")
    for event in events.order_by("ticket", "id"):
        found[event.ticket_id].append(event)
    return found


def tickets_of(ids: Collection[int]) -> Mapping[int, Ticket]:
    return Ticket.objects.select_related(*NEIGHBOURS).in_bulk(list(ids))


def rows_in(events: Iterable[Event]) -> Rows:
    """The rows that these events name, before or after; one query for each field."""
    ids: dict[str, set[int]] = {name: set() for name in ROWS}
    for event in events:
        for name in ROWS.keys() & event.data.keys():
            ids[name] |= {side["id"] for side in (event.data[name]["was"], event.data[name]["now"]) if side}
    return {name: ROWS[name]._default_manager.in_bulk(found) if found else {} for name, found in ids.items()}


def turns_of(events: Sequence[Event]) -> Sequence[Sequence[Event]]:
    """Events in groups that became visible together: those of one transaction."""
    turns: list[list[Event]] = []
    for _transaction, group in groupby(events, key=lambda event: event.transaction):
        for event in group:
            is_same = turns and turns[-1][0].transaction == event.transaction
            if is_same and event.at - turns[-1][0].at < TOGETHER:
                turns[-1].append(event)
            else:
                turns.append([event])
    return turns


def rewind(ticket: Ticket, events: Sequence[Event], rows: Rows) -> None:
    """Set the ticket back to before these events, which are its last ones; an opening leaves what it has opened."""
    for event in reversed(events):
        if event.kind == "ticket.created":
            ticket.pending_done, ticket.last_public_at, ticket.last_customer_at = False, None, None
            for name, change in event.data.items():
                _set(ticket, name, change["now"], rows)
            break
        for name, change in event.data.items():
            _set(ticket, name, change["was"], rows)
    _settle(ticket, [])


def forward(ticket: Ticket, event: Event, rows: Rows) -> None:
    """What the event did to the ticket."""
    for name, change in event.data.items():
        _set(ticket, name, change["now"], rows)
    _settle(ticket, [event])


def _set(ticket: Ticket, name: str, value: Any, rows: Rows) -> None:
    if name in ROWS:
        setattr(ticket, name, rows[name].get(value["id"]) if value else None)
    elif name in TIMES:
        setattr(ticket, name, moment(value))
    elif name in PLAIN:
        setattr(ticket, name, value if value is not None or name in ("impact", "urgency") else _EMPTY.get(name, ""))


_EMPTY: Mapping[str, Any] = {"tags": [], "custom_fields": {}, "is_locked": False, "time_spent": 0}


def _settle(ticket: Ticket, events: Sequence[Event]) -> None:
    """What no event tells by itself and what follows from those it tells of."""
    for event in events:
        ticket.changed_at = event.at
        if "state" in event.data:
            ticket.closed_at = (ticket.closed_at or event.at) if ticket.state.is_final else None
            ticket.pending_done = False
        if event.kind == "pending.reached":
            ticket.pending_done = True
        if event.article is not None and event.article.visible_to_customer:
            ticket.last_public_at = event.at
            if event.article.sender == Sender.CUSTOMER:
                ticket.last_customer_at = event.at
    if not events:
        ticket.closed_at = ticket.closed_at if ticket.state.is_final else None
