"""Sums by the hour (`Tally`): which questions they answer, whether they are what there is, and folding them.

They know queues, promises, and time in whole hours. So days of zones that are ahead by half an hour are counted from
the rows, and so is whatever asks for people or the status.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet

from core.clock import now
from core.database import hold
from reports.dimensions import HOUR, QUEUE, TIME, WEEKDAY
from reports.halves import Half
from reports.models import Fact, Happened, Tally
from reports.periods import Bucket
from reports.questions import Frame
from reports.rows import Readable

ONE_HOUR = timedelta(hours=1)
# So many hours are folded, or compared, at a time.
FOLDED_AT_ONCE = 200
COMPARED = timedelta(days=30)
_DIMENSIONS = {"", TIME, WEEKDAY, HOUR, QUEUE, "target"}


def knows(half: Half, readable: Readable, frame: Frame) -> bool:
    """Whether sums by the hour tell apart what the question tells apart, and sees what the reader may see."""
    asked = {frame.question.rows, frame.question.columns}
    if not asked <= _DIMENSIONS or not readable.knows_queues_alone:
        return False
    edges = [half.whole.starts, *(bucket.starts for bucket in half.buckets)]
    zones = (moment.astimezone(frame.zone).utcoffset() or ONE_HOUR for moment in (*edges, half.whole.ends))
    return all(map(is_full_hour, edges)) and not any(offset % ONE_HOUR for offset in zones)


def whole_hours(whole: Bucket) -> tuple[Bucket, Bucket | None]:
    """The hours that a time is made of, and what is left at its end."""
    ends = hour_of(whole.ends)
    return Bucket(whole.starts, ends), Bucket(ends, whole.ends) if ends < whole.ends else None


def hour_of(moment: datetime) -> datetime:
    """When its hour began, as UTC counts hours."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def is_full_hour(moment: datetime) -> bool:
    return hour_of(moment) == moment


# ---- kept in order

_KEY = "at, kind, target, home_id, queue_id"
_SUMS = "number, amount_number, amount, business_number, business"
_ADDED = ", ".join(f"sum({name})" for name in _SUMS.split(", "))
_IS_SOME = " OR ".join(f"sum({name}) <> 0" for name in _SUMS.split(", "))
_INTO = f"INSERT INTO reports_tally ({_KEY}, {_SUMS}, is_folded)"

_FOLD = f"""
    WITH gone AS (DELETE FROM reports_tally WHERE at = ANY(%(hours)s) RETURNING *)
    {_INTO} SELECT {_KEY}, {_ADDED}, true FROM gone GROUP BY {_KEY} HAVING {_IS_SOME}
"""  # noqa: S608 - all of it stands here
# What migration 0003 has the database write, from the rows that there are.
_ROWS = """
    SELECT date_trunc('hour', at, 'UTC') AS at, kind, target, home_id, queue_id, 1 AS number,
        (amount IS NOT NULL)::int AS amount_number, coalesce(amount, 0) AS amount,
        (business IS NOT NULL)::int AS business_number, coalesce(business, 0) AS business
    FROM reports_fact WHERE at >= %(from)s AND at < %(to)s
    UNION ALL
    SELECT date_trunc('hour', edge - interval '1 microsecond', 'UTC'), 'standing', '', home_id, queue_id, step,
        0, 0, 0, 0
    FROM (
        SELECT starts_at AS edge, 1 AS step, home_id, queue_id FROM reports_span
        WHERE starts_at > %(from)s AND starts_at <= %(to)s
        UNION ALL
        SELECT ends_at, -1, home_id, queue_id FROM reports_span WHERE ends_at > %(from)s AND ends_at <= %(to)s
    ) AS edges
"""
_NEGATIVE = ", ".join(f"-{name}" for name in _SUMS.split(", "))
# What is missing is added, as the database adds what happens: a row and its sums come with one commit, and folding
# leaves sums as they are. So one statement sees both as they belong together, whoever writes or folds beside it.
_MEND = f"""
    WITH added AS (
        {_INTO} SELECT {_KEY}, {_ADDED}, false FROM (
            {_ROWS} UNION ALL
            SELECT {_KEY}, {_NEGATIVE} FROM reports_tally WHERE at >= %(from)s AND at < %(to)s
        ) AS both_of_them GROUP BY {_KEY} HAVING {_IS_SOME} RETURNING at
    ) SELECT count(DISTINCT at) FROM added
"""  # noqa: S608 - all of it stands here


def fold() -> int:
    """One row for each sum, where there are several; of the hour that runs later. Gives how many hours that were."""
    new = Tally.objects.filter(is_folded=False, at__lt=hour_of(now())).order_by("at")
    hours = list(new.values_list("at", flat=True).distinct())
    for start in range(0, len(hours), FOLDED_AT_ONCE):
        with transaction.atomic():
            _run(_FOLD, {"hours": hours[start : start + FOLDED_AT_ONCE]})
    return len(hours)


def mend() -> int:
    """Compare the sums of all hours with the rows, and put right those that differ; how many these were."""
    edges = [*_first_and_last(Fact.objects.filter(kind=Happened.CREATED)), *_first_and_last(Tally.objects.all())]
    if not edges:
        return 0
    found, starts, last = 0, hour_of(min(edges)) - ONE_HOUR, max(*edges, now()) + ONE_HOUR
    while starts < last:
        found += _mend_between(starts, starts + COMPARED)
        starts += COMPARED
    return found


def _first_and_last(rows: QuerySet) -> list[datetime]:
    return [moment for moment in rows.aggregate(first=Min("at"), last=Max("at")).values() if moment]


def _mend_between(starts: datetime, ends: datetime) -> int:
    with transaction.atomic():
        # Two that mend must not add the same twice; nobody else waits for this name, so it may take its time.
        _run("SET LOCAL lock_timeout = '120s'; SET LOCAL statement_timeout = '120s'", {})
        hold("report sums")
        return _run(_MEND, {"from": starts, "to": ends})[0][0]


def _run(statement: str, values: dict[str, Any]) -> Sequence[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else ()
