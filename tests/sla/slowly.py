"""Business time counted minute by minute, straight from the JSON of a calendar: slow, and hard to get wrong."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_open(calendar: Mapping[str, Any], moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(calendar.get("zone", "UTC")))
    day, clock = local.date(), local.strftime("%H:%M")
    if day.isoformat() in calendar.get("days", {}):
        return any(begin <= clock < end for begin, end in calendar["days"][day.isoformat()])
    if day.isoformat() in calendar.get("holidays", ()):
        return False
    return _in_week(calendar, day, clock)


def _in_week(calendar: Mapping[str, Any], day: date, clock: str) -> bool:
    hours = calendar.get("hours", {})
    for begin, end in hours.get(WEEKDAYS[day.weekday()], ()):
        if begin <= clock and (clock < end or end <= begin):
            return True
    before = hours.get(WEEKDAYS[(day.weekday() - 1) % 7], ())
    return any(end <= begin and clock < end for begin, end in before)


def between(calendar: Mapping[str, Any], start: datetime, end: datetime) -> int:
    """For whole minutes."""
    minutes, moment = 0, start.astimezone(UTC)
    while moment < end:
        minutes += is_open(calendar, moment)
        moment += MINUTE
    return minutes * 60


def add(calendar: Mapping[str, Any], start: datetime, seconds: int, *, most_days: int = 40) -> datetime | None:
    """For whole minutes; None when it does not end within `most_days`."""
    moment, last = start.astimezone(UTC), start.astimezone(UTC) + timedelta(days=most_days)
    left = seconds // 60
    while left and moment < last:
        left -= is_open(calendar, moment)
        moment += MINUTE
    return None if left else moment


def next_opening(calendar: Mapping[str, Any], moment: datetime, *, most_days: int = 40) -> datetime | None:
    moment, last = moment.astimezone(UTC), moment.astimezone(UTC) + timedelta(days=most_days)
    while moment < last:
        if is_open(calendar, moment):
            return moment
        moment += MINUTE
    return None
