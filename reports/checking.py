"""Whether what is counted is what happened: some tickets drawn by lot are told again and compared, every night, and
all sums by the hour are compared with their rows.

A difference is a fault of ours: it stands on the health page, and is mended.
"""

import random
from datetime import timedelta

from django.db.models import Max

from core.clock import now
from reports.keeping import wrong_among
from reports.models import Check, Story
from reports.rebuilding import ask_for
from reports.tallying import mend
from tickets.models import Delivery, Ticket

SAMPLE = 2000
CHUNK = 200
KEPT_DAYS = 90
# After so long an event must have been told.
PATIENCE = timedelta(minutes=15)


def check(*, sample: int | None = SAMPLE) -> Check:
    """Compare so many tickets, or all of them (None), with their histories, and the sums with the rows; what is wrong
    is mended."""
    ids = _chosen(sample)
    wrong: list[int] = []
    for start in range(0, len(ids), CHUNK):
        wrong += wrong_among(ids[start : start + CHUNK])
    numbers = list(Ticket.objects.filter(pk__in=wrong).order_by("pk").values_list("number", flat=True))
    found = Check.objects.create(looked_at=len(ids), wrong=numbers[:100], behind=_behind(ids))
    if found.wrong or found.behind:
        ask_for("check")
    Check.objects.filter(at__lt=now() - timedelta(days=KEPT_DAYS)).delete()
    # Whatever comes in between, what was found of the tickets stands, and that the sums are not compared.
    found.hours = mend()
    found.save(update_fields=["hours"])
    return found


def latest() -> Check | None:
    return Check.objects.first()


def is_well(check: Check | None) -> bool:
    """Nobody has found anything wrong; what nobody has looked at yet is well."""
    return check is None or (check.hours == 0 and not check.wrong and not check.behind)


def _chosen(sample: int | None) -> list[int]:
    if sample is None:
        return list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    last = Ticket.objects.aggregate(last=Max("pk"))["last"] or 0
    if last <= sample:
        return list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    drawn = random.sample(range(1, last + 1), sample)  # noqa: S311 - nobody gains by guessing them
    return sorted(Ticket.objects.filter(pk__in=drawn).values_list("pk", flat=True))


def _behind(ids: list[int]) -> int:
    """Tickets whose last event is not told, though nobody has to do that any more, or it waits for too long."""
    told = dict(Story.objects.filter(pk__in=ids).values_list("pk", "version"))
    versions = dict(Ticket.objects.filter(pk__in=ids).values_list("pk", "version"))
    waiting = Delivery.objects.unfinished().filter(ticket_id__in=ids, event__at__gt=now() - PATIENCE)
    coming = set(waiting.values_list("ticket_id", flat=True))
    return sum(told.get(pk) != version and pk not in coming for pk, version in versions.items())
