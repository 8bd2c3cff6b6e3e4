"""How a verb changes a ticket: lock it, compare with what the person saw, set the fields, say what changed."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import logs
from core.clock import now
from core.prepared import prepared
from tickets.events import Refused
from tickets.models import Article, Event, Ticket
from tickets.queries import MAX_MERGES


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
    """Like `locked`, but a merged ticket leads to the one it was merged into: where new messages belong.

    Only the survivor is locked, so that a merge going on at the same time is never waited for in a circle (K04).
    """
    with transaction.atomic():
        yield _lock_survivor(ticket.pk)


@contextmanager
def locked_together(one: Ticket, other: Ticket) -> Iterator[tuple[Ticket, Ticket]]:
    """Two tickets' rows, locked and fresh; always the lower id first, so that nobody waits for each other (K04)."""
    with transaction.atomic():
        rows = {pk: _lock(pk) for pk in sorted({one.pk, other.pk})}
        yield rows[one.pk], rows[other.pk]


def apply(ticket: Ticket, **values: Any) -> dict[str, dict[str, Any]]:
    """Set fields of a locked ticket; returns `{field: {"was", "now"}}` of those that differ, empty if none does.

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
    """Have these fields saved, and that the ticket has changed now: `record`, which every verb ends with, does it."""
    ticket.changed_at = now()
    ticket.unsaved.update(fields, ["changed_at"])


def refuse_if_merged(ticket: Ticket) -> None:
    """Whatever goes on happens on the other ticket; here nobody would see it. Raises `Refused`."""
    if ticket.merged_into_id is not None:
        raise Refused(_("This ticket was merged into another one. Only that one can be answered or get a new status."))


def plain(value: Any) -> Any:
    """A value as it stands in the history: rows as `{"id", "name"}`, times as ISO text."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def moment(text: str | None) -> datetime | None:
    """A time of the history, read back."""
    return datetime.fromisoformat(text) if text else None


def hold_row(pk: int) -> None:
    """Lock a ticket's row until the transaction ends. It is read afterwards, never together with its neighbours: after
    waiting for a lock, PostgreSQL joins the new row with the neighbours of the old one, or finds none and no row."""
    Ticket.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=pk)


def _lock(pk: int) -> Ticket:
    """Without its neighbours: a verb needs one or two of them, and asks for these by itself."""
    for ticket in _row(pk):
        logs.note(ticket=ticket.number)
        return ticket
    raise Ticket.DoesNotExist


@prepared(int)
def _row(pk: int) -> QuerySet[Ticket]:
    return Ticket.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk)


def _lock_survivor(pk: int) -> Ticket:
    """Whoever finds that the survivor has been merged away meanwhile lets go of it (a savepoint) and looks again."""
    for _try in range(MAX_MERGES):
        with transaction.atomic():
            row = _lock(_survivor_of(pk))
            if row.merged_into_id is None:
                return row
            transaction.set_rollback(True)
    raise RuntimeError(f"ticket {pk} is merged in a circle")


def _survivor_of(pk: int) -> int:
    for _hop in range(MAX_MERGES):
        into = Ticket.objects.values_list("merged_into", flat=True).get(pk=pk)
        if into is None:
            return pk
        pk = into
    return pk


def _refuse_if_changed(ticket: Ticket, seen: int, fields: Collection[str]) -> None:
    newer = Event.objects.filter(ticket=ticket, version__gt=seen).select_related("actor")
    events = [event for event in newer if any(name in event.data for name in fields)]
    if events:
        raise Stale(events=events)
