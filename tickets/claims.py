"""Who has which events in hand. Several are claimed at a time, and what a dead worker had is free again at once.

Whoever has claimed an event holds a lock by its name for as long, which ends with him: within seconds others can tell
that nobody is at it any more, and need not wait until the lease is over.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.database import Session, commit_lightly, drop_session, hold, let_go
from core.prepared import IDS, prepared
from core.work import LEASE
from tickets.fresh import NEIGHBOURS
from tickets.models import Delivery

log = logging.getLogger(__name__)

# A claim as young as this is left alone. Whoever has lost his session stops before the next event, within this time,
# and whoever takes the events one by one is given his lock a moment after his claim.
YOUNG = timedelta(seconds=5)
# Only what nobody has had yet is claimed in numbers, so this is the first try.
_FIRST = 1

# Nobody takes an event as long as an earlier one of its ticket waits that he does not take as well. The tickets that
# are due first have their turn, with all their earlier events: what was tried again by hand is old and yet due last.
# All that waits is passed over once. Joins would take the square of it in a flood: the table of what waits looks empty
# to the planner, as it is most of the time.
_CLAIM = """
WITH unfinished AS MATERIALIZED (
    SELECT id, ticket_id, event_id, due_at,
        bool_or(attempts > 0 OR due_at > %(now)s OR coalesce(leased_until >= %(now)s, FALSE))
            OVER (PARTITION BY ticket_id ORDER BY event_id) AS waits
    FROM tickets_delivery WHERE due_at IS NOT NULL
), chosen AS MATERIALIZED (
    SELECT id FROM unfinished
    WHERE NOT waits AND ticket_id = ANY(ARRAY(
        SELECT ticket_id FROM unfinished WHERE NOT waits ORDER BY due_at, id LIMIT %(looked_at)s
    ))
    ORDER BY event_id LIMIT %(most)s
)
UPDATE tickets_delivery SET leased_until = %(until)s, attempts = 1
WHERE id = ANY(ARRAY(SELECT id FROM chosen)) AND attempts = 0
RETURNING id, pg_try_advisory_lock(%(kind)s + attempts, mod(id, 2147483648)::int)
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
    return Claim(_with_events(ids) if ids else [], now, Session())


@prepared(IDS)
def _with_events(ids: Collection[int]) -> QuerySet[Delivery]:
    """What handlers look at is read here, once for all."""
    neighbours = [f"event__ticket__{name}" for name in NEIGHBOURS]
    found = Delivery.objects.filter(pk__among=ids).select_related("event__article", *neighbours)
    return found.order_by("event_id")
