"""The ledger by day and mailbox: what came in, and that everything of it is somewhere.

Counted in the index `incoming_by_day` alone, for as many days as are asked for; the days are those of the reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from mail.models import Incoming

NEW, JOINED, REFUSED = Incoming.Outcome.NEW, Incoming.Outcome.FOLLOW_UP, Incoming.Outcome.REJECTED


@dataclass
class Tally:
    """What came into one mailbox on one day and where it is now. `received` is counted apart from the rest."""

    day: date
    mailbox: str
    received: int = 0
    new: int = 0
    joined: int = 0
    refused: int = 0
    quarantined: int = 0
    in_flight: int = 0
    ignored_by_reason: dict[str, int] = field(default_factory=dict)
    quarantined_by_reason: dict[str, int] = field(default_factory=dict)

    @property
    def ignored(self) -> int:
        return sum(self.ignored_by_reason.values())

    @property
    def accounted(self) -> int:
        return self.new + self.joined + self.refused + self.ignored + self.quarantined + self.in_flight

    @property
    def adds_up(self) -> bool:
        return self.received == self.accounted


def tallies(first: date, last: date) -> list[Tally]:
    """Each mailbox of each day from `first` to `last`, the newest day first; days without mail are left out."""
    found: dict[tuple[date, str], Tally] = {}
    groups = (
        Incoming.objects.filter(received_at__gte=_midnight(first), received_at__lt=_midnight(last + timedelta(days=1)))
        .order_by()
        .values_list(TruncDate("received_at"), "mailbox", "state", "outcome", "reason_code")
        .annotate(number=Count("*"))
    )
    for day, mailbox, state, outcome, reason, number in groups:
        tally = found.setdefault((day, mailbox), Tally(day, mailbox))
        tally.received += number
        _file(tally, state, outcome, reason, number)
    return sorted(found.values(), key=lambda one: (-one.day.toordinal(), one.mailbox))


def total(lines: Sequence[Tally], day: date) -> Tally:
    """Several lines as one."""
    whole = Tally(day, "")
    for line in lines:
        for name in ("received", "new", "joined", "refused", "quarantined", "in_flight"):
            setattr(whole, name, getattr(whole, name) + getattr(line, name))
        for name in ("ignored_by_reason", "quarantined_by_reason"):
            reasons = getattr(whole, name)
            for reason, number in getattr(line, name).items():
                reasons[reason] = reasons.get(reason, 0) + number
    return whole


def _file(tally: Tally, state: str, outcome: str, reason: str, number: int) -> None:
    """What fits nowhere is left out, and then the line does not add up."""
    if state == Incoming.State.TICKETED:
        names: dict[str, str] = {NEW: "new", JOINED: "joined", REFUSED: "refused"}
        name = names.get(outcome)
        if name:
            setattr(tally, name, getattr(tally, name) + number)
    elif state == Incoming.State.RECEIVED:
        tally.in_flight += number
    elif state == Incoming.State.QUARANTINED:
        tally.quarantined += number
        tally.quarantined_by_reason[reason] = tally.quarantined_by_reason.get(reason, 0) + number
    elif state == Incoming.State.IGNORED:
        tally.ignored_by_reason[reason] = tally.ignored_by_reason.get(reason, 0) + number


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
