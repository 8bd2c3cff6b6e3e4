"""Looking at the clocks of many tickets again, in the background and with progress: their promises have changed."""

import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.clock import now
from core.work import wake
from sla.cases import cases_of
from sla.facts import Happening
from sla.keeping import move_on, promised
from sla.models import Calendar, Clock, Retarget
from sla.telling import fire_due, tell_of_policy
from sla.terms import current_setup, digest_of
from sla.writing import write
from tickets.events import Cause
from tickets.models import Ticket

CHUNK = 100
# For less than a task may last; the rest is due again at once.
SECONDS = 40


def ask_for(reason: str, *, calendar: Calendar | None = None, by: User) -> Retarget:
    """The duty to look at all open tickets again, or at those whose clocks count by this calendar.

    One that is not finished and would look at the same is given up: this one does it all.
    """
    same = Retarget.objects.filter(calendar=calendar, finished_at=None)
    same.update(due_at=None, leased_until=None, finished_at=timezone.now(), attempts=F("attempts") + 1)
    row = Retarget.objects.create(calendar=calendar, reason=reason[:200], asked_by=by)
    wake(row)
    return row


def run(row: Retarget, *, seconds: float = SECONDS) -> None:
    """Go on where the last one stopped, for so long."""
    end = time.monotonic() + seconds
    if not row.last_ticket:
        row.total = _tickets(row).count()
    while time.monotonic() < end:
        chunk = list(_tickets(row)[:CHUNK])
        if not chunk:
            row.finished_at = timezone.now()
            _keep(row)
            return
        look_again(chunk, cause=Cause("sla", str(row.pk)))
        row.last_ticket, row.done = chunk[-1], row.done + len(chunk)
        if not _keep(row):
            return
    row.due_at, row.attempts = timezone.now() + timedelta(seconds=1), 0


def look_again(ticket_ids: Sequence[int], *, cause: Cause) -> None:
    """Bring the clocks of these tickets in step with what is promised now. Tickets in other hands are waited for."""
    busy = set(ticket_ids) - _look_again(ticket_ids, cause, skip_locked=True)
    for pk in sorted(busy):
        _look_again([pk], cause, skip_locked=False)


def _look_again(ticket_ids: Sequence[int], cause: Cause, *, skip_locked: bool) -> set[int]:
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
        tickets = {ticket.pk: ticket for ticket in locked.filter(pk__in=ticket_ids).order_by("pk")}
        setup = current_setup()
        moved, changed = [], []
        happening = Happening(now(), None)
        for case in cases_of(tickets):
            was = case.choice
            choice, terms = promised(setup, case)
            if case.targets is None and not terms.promises:
                continue
            if case.targets is not None and choice == was and case.targets.terms == digest_of(terms):
                continue
            fire_due(case, happening.at, cause=cause)
            move_on(case, happening, choice, terms)
            moved.append(case)
            if choice.policy != was.policy:
                changed.append((case, was.policy))
        write(moved)
        for case, was_policy in changed:
            tell_of_policy(case, was_policy, cause=cause)
        return set(tickets)


def _tickets(row: Retarget):
    """The ids of tickets still to be looked at, in order."""
    if row.calendar_id:
        clocks = Clock.objects.going().filter(calendar__calendar=row.calendar_id, ticket__gt=row.last_ticket)
        return clocks.order_by("ticket").values_list("ticket", flat=True).distinct()
    return Ticket.objects.open().filter(pk__gt=row.last_ticket).order_by("pk").values_list("pk", flat=True)


def _keep(row: Retarget) -> bool:
    """Save how far it is; false when another one has taken over."""
    mine = Retarget.objects.filter(pk=row.pk, finished_at=None)
    values = {"last_ticket": row.last_ticket, "done": row.done, "total": row.total, "finished_at": row.finished_at}
    return bool(mine.update(**values))
