"""Who has which events in hand. Several are claimed at a time, and what a dead worker had is free again at once.

Whoever has claimed an event holds a lock by its name for as long, which ends with him: within seconds others can tell
that nobody is at it any more, and need not wait until the lease is over.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core.database import Session, commit_lightly, drop_session, hold, let_go
from core.work import LEASE
from tickets.models import Delivery

log = logging.getLogger(__name__)

# A claim as young as this is left alone. Whoever has lost his session stops before the next event, within this time,
# and whoever takes the events one by one is given his lock a moment after his claim.
YOUNG = timedelta(seconds=5)
# Only what nobody has had yet is claimed in numbers, so this is the first try.
_FIRST = 1

# Nobody takes an event as long as an earlier one of its ticket waits that he does not take as well. What was tried
# again by hand is old and yet due last: of the tickets that are due all earlier events are taken, too.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT ticket_id, event_id FROM tickets_delivery AS one
    WHERE due_at <= %(now)s AND (leased_until IS NULL OR leased_until < %(now)s) AND attempts = 0
    AND NOT EXISTS (
        SELECT 1 FROM tickets_delivery AS earlier
        WHERE earlier.ticket_id = one.ticket_id AND earlier.event_id < one.event_id AND earlier.due_at IS NOT NULL
        AND (earlier.attempts > 0 OR earlier.due_at > %(now)s OR earlier.leased_until >= %(now)s)
    )
    ORDER BY due_at, id LIMIT %(looked_at)s
), chosen AS MATERIALIZED (
    SELECT one.id FROM (SELECT ticket_id, max(event_id) AS event_id FROM due GROUP BY ticket_id) AS last
    JOIN tickets_delivery AS one ON one.ticket_id = last.ticket_id AND one.event_id <= last.event_id
    WHERE one.due_at IS NOT NULL
    ORDER BY one.event_id LIMIT %(most)s
)
UPDATE tickets_delivery AS claimed SET leased_until = %(until)s, attempts = 1
FROM chosen
WHERE claimed.id = chosen.id AND claimed.attempts = 0 AND claimed.due_at <= %(now)s
RETURNING claimed.id, pg_try_advisory_lock(%(kind)s + claimed.attempts, mod(claimed.id, 2147483648)::int)
"""
# The tries stay, so that an event which kills its worker each time is given up in the end (core/work.py).
_FREE = """
UPDATE tickets_delivery AS claimed SET leased_until = NULL
WHERE due_at IS NOT NULL AND leased_until >= %(now)s AND leased_until < %(young)s
AND NOT EXISTS (
    SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = %(kind)s + claimed.attempts AND objid::bigint = mod(claimed.id, 2147483648)
)
"""


@dataclass(frozen=True)
class Claim:
    """Events that are ours as long as the session lasts, which holds their locks; nobody had them at that time."""

    deliveries: Sequence[Delivery]
    at: datetime
    session: Session


@contextmanager
def claimed(*, most: int, looked_at: int) -> Iterator[Claim]:
    """The earliest events that nobody has had yet, with their tickets and articles; `looked_at` is how many that are
    due they are chosen from. One worker claims at a time. By the end of the block the rows are settled."""
    try:
        claim = _claim(most, looked_at)
    except BaseException:  # locks may have been taken that nobody would give back
        drop_session()
        raise
    try:
        yield claim
    finally:
        if claim.deliveries and claim.session.lasts():
            let_go(Delivery.HELD + _FIRST, [delivery.pk for delivery in claim.deliveries])


def free_abandoned() -> int:
    """Claims of workers that are gone, though their lease still runs: anybody may take them. Returns how many."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_FREE, {"now": now, "young": now + LEASE - YOUNG, "kind": Delivery.HELD})
        number = cursor.rowcount
    if number:
        log.warning("%s events were left behind by a worker that is gone", number)
    return number


def _claim(most: int, looked_at: int) -> Claim:
    now = timezone.now()
    facts: dict[str, Any] = {"now": now, "until": now + LEASE, "kind": Delivery.HELD}
    with transaction.atomic():
        hold("claims of deliveries")
        commit_lightly()
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, facts | {"most": most, "looked_at": looked_at})
            ids = [pk for pk, _held in cursor.fetchall()]
    found = Delivery.objects.filter(pk__in=ids).select_related("event__ticket", "event__article")
    return Claim(list(found.order_by("event_id")) if ids else [], now, Session())
