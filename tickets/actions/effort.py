"""Work on a ticket: steps of its checklist, and time."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core.clock import now
from core.text import clean_line
from tickets.changes import apply, locked
from tickets.events import Cause, record
from tickets.models import ChecklistItem, Event, Ticket, TimeEntry
from tickets.models.effort import A_DAY, STEPS_AT_MOST


def add_steps(ticket: Ticket, steps: Sequence[str], *, by: User, cause: Cause | None = None) -> Event | None:
    """Put steps at the end of the checklist; empty ones are left out. Raises `ValidationError` beyond 100 steps."""
    texts = [text for text in (clean_line(step, 200) for step in steps) if text]
    with locked(ticket) as ticket:
        if not texts:
            return None
        if ticket.checklist.count() + len(texts) > STEPS_AT_MOST:
            raise ValidationError(_("A checklist takes at most %(number)s steps.") % {"number": STEPS_AT_MOST})
        last = ticket.checklist.aggregate(last=Max("position"))["last"] or 0
        ChecklistItem.objects.bulk_create(
            ChecklistItem(ticket=ticket, text=text, position=last + 1 + number) for number, text in enumerate(texts)
        )
        return record(ticket, "checklist.added", by=by, cause=cause, data={"steps": {"was": None, "now": texts}})


def tick(item: ChecklistItem, *, by: User, cause: Cause | None = None) -> Event | None:
    """The step is done; None when it was."""
    return _set_done(item, by, now(), "checklist.done", by=by, cause=cause)


def untick(item: ChecklistItem, *, by: User, cause: Cause | None = None) -> Event | None:
    """The step is not done after all."""
    return _set_done(item, None, None, "checklist.undone", by=by, cause=cause)


def remove_step(item: ChecklistItem, *, by: User, cause: Cause | None = None) -> Event | None:
    with locked(item.ticket) as ticket:
        deleted, _rows = ticket.checklist.filter(pk=item.pk).delete()
        data = {"steps": {"was": [item.text], "now": None}}
        return record(ticket, "checklist.removed", by=by, cause=cause, data=data) if deleted else None


def move_step_up(item: ChecklistItem, *, by: User, cause: Cause | None = None) -> Event | None:
    """One place further up; None for the first one."""
    return _move_step(item, -1, by=by, cause=cause)


def move_step_down(item: ChecklistItem, *, by: User, cause: Cause | None = None) -> Event | None:
    """One place further down; None for the last one."""
    return _move_step(item, 1, by=by, cause=cause)


def spend(
    ticket: Ticket, minutes: int, *, note: str = "", at: datetime | None = None, by: User, cause: Cause | None = None
) -> Event:
    """`by` has worked `minutes` on the ticket. Raises `ValidationError` for nothing and for more than a day."""
    if not 1 <= minutes <= A_DAY:
        raise ValidationError(_("Enter between one minute and one day."))
    with locked(ticket) as ticket:
        TimeEntry.objects.create(ticket=ticket, user=by, minutes=minutes, note=clean_line(note, 200), at=at or now())
        return _sum_up(ticket, ticket.time_spent + minutes, by=by, cause=cause)


def remove_time(entry: TimeEntry, *, by: User, cause: Cause | None = None) -> Event | None:
    """The entry was a mistake; the history keeps that it was there."""
    with locked(entry.ticket) as ticket:
        deleted, _rows = ticket.time_entries.filter(pk=entry.pk).delete()
        return _sum_up(ticket, ticket.time_spent - entry.minutes, by=by, cause=cause) if deleted else None


def _sum_up(ticket: Ticket, minutes: int, *, by: User, cause: Cause | None) -> Event:
    return record(ticket, "time.changed", by=by, cause=cause, data=apply(ticket, time_spent=max(minutes, 0)))


def _move_step(item: ChecklistItem, by_places: int, *, by: User, cause: Cause | None) -> Event | None:
    """Positions are written anew, because those of an old list may be equal."""
    with locked(item.ticket) as ticket:
        steps = list(ticket.checklist.all())
        at = next((place for place, step in enumerate(steps) if step.pk == item.pk), None)
        to = None if at is None else at + by_places
        if at is None or to is None or not 0 <= to < len(steps):
            return None
        steps.insert(to, steps.pop(at))
        for position, step in enumerate(steps, start=1):
            step.position = position
        ChecklistItem.objects.bulk_update(steps, ["position"])
        return record(ticket, "checklist.moved", by=by, cause=cause, data={"steps": {"was": None, "now": [item.text]}})


def _set_done(
    item: ChecklistItem, who: User | None, when: datetime | None, kind: str, *, by: User, cause: Cause | None
) -> Event | None:
    with locked(item.ticket) as ticket:
        changed = ticket.checklist.filter(pk=item.pk, done_at__isnull=when is not None)
        if not changed.update(done_by=who, done_at=when):
            return None
        return record(ticket, kind, by=by, cause=cause, data={"steps": {"was": None, "now": [item.text]}})
