"""How fast we send to one domain: rows keep the pace, so that any number of workers together keep it too.

A domain that answers "later" (421 or another 4xx) gets a pause that doubles with each such answer and halves with each
message it takes; while there is one, only one message at a time goes there.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from mail.models import Domain
from mail.rules import rules

# A message is handed over in less; what somebody has claimed who died counts no longer than this.
CLAIM = timedelta(seconds=40)
FIRST_PAUSE, LONGEST_PAUSE = 5, 900
# How long to wait when the domain is busy; a little different each time, so that not all come back at once.
BUSY = (1.0, 4.0)
FORGOTTEN_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Pace:
    """At most so many connections at once, and so many seconds between two messages."""

    parallel: int
    spacing: float


@dataclass(frozen=True)
class Admitted:
    """The domains that may be written to now, and when to ask again for the others."""

    domains: frozenset[str]
    again_at: datetime | None


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()[:255]


def domains_of(addresses: Iterable[str]) -> list[str]:
    return sorted({domain_of(address) for address in addresses} - {""})


def pace(pause: int, *, parallel: int, per_minute: int) -> Pace:
    """What holds for a domain with this pause under the house's rules. Pure."""
    spacing = max(float(pause), 60 / per_minute if per_minute else 0.0)
    return Pace(1 if pause else max(parallel, 1), spacing)


def slower(pause: int) -> int:
    return min(max(pause * 2, FIRST_PAUSE), LONGEST_PAUSE)


def faster(pause: int) -> int:
    return pause // 2 if pause > FIRST_PAUSE else 0


def admit(outgoing: int, domains: Sequence[str]) -> Admitted:
    """Claim a turn at each of these domains for a message, where there is one; `leave` gives it back."""
    house, moment, admitted, times = rules(), timezone.now(), set(), []
    _make_sure_of(domains)
    with transaction.atomic():
        rows = Domain.objects.select_for_update().filter(name__in=domains).order_by("name")
        for row in rows:
            limits = pace(row.pause, parallel=house.domain_parallel, per_minute=house.domain_per_minute)
            others = (pair for pair in row.holders.items() if pair[0] != str(outgoing))
            row.holders = {key: until for key, until in others if until > moment.timestamp()}
            again = _again_at(row, limits, moment)
            if again is None:
                admitted.add(row.name)
                row.holders[str(outgoing)] = (moment + CLAIM).timestamp()
                row.free_at = moment + timedelta(seconds=limits.spacing) if limits.spacing else None
                row.seen_at = moment
                row.save(update_fields=["holders", "free_at", "seen_at"])
            else:
                times.append(again)
    return Admitted(frozenset(admitted), min(times, default=None))


def leave(outgoing: int, domains: Iterable[str], *, took: Iterable[str] = (), put_off: Iterable[str] = ()) -> None:
    """The turn is over. `took`: domains that have taken the message; `put_off`: those that said "later"."""
    took, put_off = set(took), set(put_off)
    with transaction.atomic():
        for row in Domain.objects.select_for_update().filter(name__in=list(domains)).order_by("name"):
            row.holders.pop(str(outgoing), None)
            if row.name in put_off:
                row.pause = slower(row.pause)
                row.free_at = timezone.now() + timedelta(seconds=row.pause)
            elif row.name in took:
                row.pause = faster(row.pause)
            row.save(update_fields=["holders", "pause", "free_at"])


def forget() -> int:
    """Domains nobody has written to for long."""
    old = Domain.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN_AFTER)
    return old.delete()[0]


def _make_sure_of(domains: Sequence[str]) -> None:
    known = set(Domain.objects.filter(name__in=domains).values_list("name", flat=True))
    missing = [Domain(name=name) for name in domains if name not in known]
    if missing:
        Domain.objects.bulk_create(missing, ignore_conflicts=True)


def _again_at(row: Domain, limits: Pace, moment: datetime) -> datetime | None:
    """None: now."""
    wait = timedelta(seconds=random.uniform(*BUSY))  # noqa: S311
    if row.free_at and row.free_at > moment:
        return row.free_at + wait
    return moment + wait if len(row.holders) >= limits.parallel else None
