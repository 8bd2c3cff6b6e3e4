"""Instants as numbers, and where the clocks of a zone change.

Instants are whole microseconds since the day before the first of January of the year 1, in UTC, so that
`number_of_a_day * DAY` is the midnight of that day. A day's number is its ordinal: day 1 was a Monday.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000_000
DAY = 86_400 * SECOND
ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# Years that may be asked about: zones need some room before the first and after the last day there is.
FIRST_YEAR, LAST_YEAR = 2, 9997


class HoursError(ValueError):
    """A calendar that cannot be read; the message says why."""


def to_number(moment: datetime) -> int:
    return (moment - ORIGIN) // MICROSECOND + DAY


def to_moment(number: int) -> datetime:
    return ORIGIN + timedelta(microseconds=number - DAY)


@dataclass(frozen=True)
class Change:
    """The clocks of a zone change at this moment."""

    at: int
    offset_before: int
    offset_after: int


@lru_cache(maxsize=4096)
def changes_in(zone_key: str, year: int) -> tuple[Change, ...]:
    """The changes of the clocks in one year (UTC): looked for day by day, then narrowed down to the second."""
    zone = zone_of(zone_key)
    if not FIRST_YEAR - 1 <= year <= LAST_YEAR + 1:
        return ()
    changes = []
    day = datetime(year, 1, 1, tzinfo=UTC)
    before = offset_at(day, zone)
    for _day in range(366 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 365):
        next_day = day + timedelta(days=1)
        after = offset_at(next_day, zone)
        if after != before:
            changes.append(Change(to_number(_narrowed(day, next_day, zone)), before, after))
        day, before = next_day, after
    return tuple(changes)


def _narrowed(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second with another offset than `low` has."""
    offset = offset_at(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if offset_at(middle, zone) == offset else (low, middle)
    return high


def offset_at(moment: datetime, zone: ZoneInfo) -> int:
    return offset_of(moment.astimezone(zone))


def offset_of(local: datetime) -> int:
    offset = local.utcoffset()
    assert offset is not None
    return offset // MICROSECOND


@lru_cache(maxsize=1024)
def zone_of(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise HoursError(f"There is no time zone “{key}”.") from error
