"""How a verb changes a ticket: lock it, compare with what the person saw, set the fields, say what changed."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from core.clock import now
from tickets.models import Article, Event, Ticket

MAX_MERGES = 10


class Stale(Exception):
    """Somebody changed the same thing since the person looked; `events` and `articles` are what came meanwhile."""

    def __init__(self, *, events: list[Event] | None = None, articles: list[Article] | None = None):
        super().__init__("The ticket has changed meanwhile.")
        self.events = events or []
        self.articles = articles or []


@contextmanager
def locked(ticket: Ticket, *, seen: int | None = None, fields: Collection[str] = ()) -> Iterator[Ticket]:
    """The ticket's row, locked and fresh, for the length of a transaction.

    With `seen` (the version a person looked at) it raises `Stale` when one of `fields` has changed since; changes of
    other fields do not matter.
    """
    with transaction.atomic():
        row = _lock(ticket.pk)
        if seen is not None and row.version > seen:
            _refuse_if_changed(row, seen, fields)
        yield row


@contextmanager
def locked_survivor(ticket: Ticket) -> Iterator[Ticket]:
    """Like `locked`, but a merged ticket leads to the one it was merged into: where new messages belong."""
    with transaction.atomic():
        row = _lock(ticket.pk)
        for _hop in range(MAX_MERGES):
            if row.merged_into_id is None:
                break
            row = _lock(row.merged_into_id)
        yield row


def apply(ticket: Ticket, **values: Any) -> dict[str, dict[str, Any]]:
    """Set fields of a locked ticket and save those that differ; returns `{field: {"was", "now"}}`, empty if none does.

    `values` are what the field takes; pairs like state and pending_until belong in one call.
    """
    diff = {}
    for name, value in values.items():
        was = getattr(ticket, name)
        if was != value:
            diff[name] = {"was": plain(was), "now": plain(value)}
            setattr(ticket, name, value)
    if diff:
        keep(ticket, *diff)
    return diff


def keep(ticket: Ticket, *fields: str) -> None:
    """Save these fields and that the ticket has changed now; the version is counted by `record`."""
    ticket.changed_at = now()
    ticket.save(update_fields=[*fields, "changed_at"])


def plain(value: Any) -> Any:
    """A value as it stands in the history: rows as `{"id", "name"}`, times as ISO text."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def _lock(pk: int) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("queue", "state", "priority", "type", "owner", "responsible", "customer").get(pk=pk)


def _refuse_if_changed(ticket: Ticket, seen: int, fields: Collection[str]) -> None:
    newer = Event.objects.filter(ticket=ticket, version__gt=seen).select_related("actor")
    events = [event for event in newer if any(name in event.data for name in fields)]
    if events:
        raise Stale(events=events)
