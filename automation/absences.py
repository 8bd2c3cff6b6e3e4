"""What becomes of the open tickets of agents who are out of office, and what comes back when they return.

A sweep looks at the agents who want something done, never at tickets of others. What is left to do is found by
looking, so it may stop anywhere.
"""

import time
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from accounts.people import system_actor
from automation.absence import is_away, stand_in_of
from automation.availability import come_back
from automation.models import AgentProfile, Loan, WhenAway
from core.clock import now
from tickets.actions.routing import assign, unlock
from tickets.changes import locked
from tickets.events import Cause
from tickets.models import Ticket
from tickets.rights import rights_of

CAUSE = "absence"
BATCH = 50
# For less than a task may last.
SECONDS = 40.0


def look_after_absences(seconds: float = SECONDS) -> int:
    """Hand over what belongs to who has left for a while, give back what belongs to who is there again; returns how
    many tickets changed hands."""
    end, moved, moment = time.monotonic() + seconds, 0, now()
    for profile in _concerned():
        person = profile.user
        if is_away(person, moment):
            if profile.when_away != WhenAway.KEEP and profile.away_since != person.away_from:
                moved += _leave(profile, moment, end)
        elif profile.away_since is not None:
            moved += _return(profile, end)
        if time.monotonic() > end:
            break
    return moved


def _concerned() -> Iterable[AgentProfile]:
    wants = Q(away_since__isnull=False) | Q(user__away_from__isnull=False) & ~Q(when_away=WhenAway.KEEP)
    return AgentProfile.objects.filter(wants, user__is_active=True).select_related("user").order_by("pk")


def _leave(profile: AgentProfile, moment: datetime, end: float) -> int:
    """Everything to the queues, or to the stand-in what they may see. Without one it stays, and is tried again."""
    person, stand_in, moved = profile.user, None, 0
    left = Ticket.objects.open().filter(owner=person).order_by("pk")
    if profile.when_away == WhenAway.STAND_IN:
        stand_in = stand_in_of(person, moment)
        if stand_in is None:
            return 0
        left = left.filter(queue__in=rights_of(stand_in).queues["read"])
    while batch := list(left[:BATCH]):
        for ticket in batch:
            _hand_over(ticket, person, stand_in)
        moved += len(batch)
        if time.monotonic() > end:
            return moved
    profile.away_since = person.away_from
    profile.save(update_fields=["away_since"])
    return moved


def _hand_over(ticket: Ticket, person: User, stand_in: User | None) -> None:
    by, cause = system_actor("rules"), Cause(CAUSE, reference=str(person.pk))
    with locked(ticket) as row:
        if row.owner_id != person.pk:
            return
        unlock(row, by=by, cause=cause)
        assign(row, stand_in, by=by, cause=cause)
        if stand_in is not None:
            Loan.objects.create(ticket_id=row.pk, lender=person, borrower=stand_in)


def _return(profile: AgentProfile, end: float) -> int:
    """What the stand-in has still, goes back."""
    person, moved = profile.user, 0
    while batch := list(Loan.objects.filter(lender=person).order_by("pk")[:BATCH]):
        for loan in batch:
            moved += _give_back(loan, person)
        if time.monotonic() > end:
            return moved
    profile.away_since = None
    profile.save(update_fields=["away_since"])
    come_back(person)
    return moved


def _give_back(loan: Loan, person: User) -> int:
    """Not what is done, what somebody else has by now, or what the person may not see any more."""
    with locked(Ticket(pk=loan.ticket_id)) as row:
        loan.delete()
        is_there = row.closed_at is None and row.owner_id == loan.borrower_id
        if not is_there or not row.allows(person, "read"):
            return 0
        cause = Cause(CAUSE, reference=str(person.pk))
        return int(assign(row, person, by=system_actor("rules"), cause=cause) is not None)
