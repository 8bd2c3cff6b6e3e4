"""Business time: which instants count, how much of it lies between two, where a target ends. Pure: values in and out.

An instant is business time when a clock on the wall of the calendar's zone shows a time within one of that day's
ranges. So days on which the clocks change are exact: what the wall skips is not there, what it shows twice counts
twice.
A range over midnight is that of two days, and a holiday closes the day of the calendar from midnight to midnight.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sla.instants import DAY, SECOND, HoursError, to_moment, to_number, zone_of
from sla.sums import Ranges, Sums

__all__ = ["ALWAYS", "DAY", "SECOND", "WEEKDAYS", "AtClose", "Hours", "HoursError", "Ranges", "read"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class AtClose(StrEnum):
    """Where a target ends that is used up exactly when the calendar closes."""

    CLOSING = "closing"
    NEXT_OPENING = "next_opening"


@dataclass(frozen=True)
class Hours:
    """The opening hours of a calendar: ranges of each weekday, and of single days that are otherwise."""

    zone: str
    week: tuple[Ranges, ...]
    days: Mapping[int, Ranges] = field(default_factory=dict)

    def add(self, start: datetime, seconds: float, *, at_close: AtClose = AtClose.CLOSING) -> datetime | None:
        """When `seconds` of business time will have passed since `start`, in UTC; None when that is never.

        Nothing to add leaves the start as it is, opened or closed (OTRS does so, too).
        """
        amount = round(seconds * SECOND)
        if amount <= 0:
            return start
        end = self._sums.add(to_number(start), amount)
        if end is not None and at_close == AtClose.NEXT_OPENING:
            end = self._sums.opening(end)
        return None if end is None else to_moment(end)

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds of business time from `start` to `end`: a whole number when both are; 0 when `end` comes first."""
        counted = max(0, self._sums.between(to_number(start), to_number(end)))
        seconds, rest = divmod(counted, SECOND)
        return seconds if not rest else counted / SECOND

    def next_opening(self, moment: datetime) -> datetime | None:
        """The moment itself when it is business time, else when that begins again; None when it never does."""
        opening = self._sums.opening(to_number(moment))
        return None if opening is None else to_moment(opening)

    def stretch(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """The business time that this moment lies in, from it on, or the next after it: from when until when.

        Days that are open through midnight are followed for a week; None when it never opens again.
        """
        begin = self._sums.opening(to_number(moment))
        if begin is None:
            return None
        end = self._sums.closing(begin)
        while end - begin < 7 * DAY and self._sums.opening(end) == end:
            end = self._sums.closing(end)
        return to_moment(begin), to_moment(end)

    def is_open(self, moment: datetime) -> bool:
        return self.next_opening(moment) == moment

    @property
    def time_zone(self) -> ZoneInfo:
        return zone_of(self.zone)

    @property
    def is_empty(self) -> bool:
        """Whether it never opens."""
        return not any(self.week) and not any(self.days.values())

    @cached_property
    def _sums(self) -> Sums:
        return Sums(self.time_zone, self.week, self.days)


def read(data: Mapping[str, Any]) -> Hours:
    """A calendar from its JSON form. Raises `HoursError`.

    `{"zone": "Europe/Berlin", "hours": {"mon": [["08:00", "17:00"]]}, "holidays": ["2026-12-25"],
    "days": {"2026-12-24": [["08:00", "12:00"]]}}`; `days` have hours of their own instead of their weekday's.
    """
    zone = data.get("zone", "UTC")
    zone_of(zone)
    week = _week(data.get("hours", {}))
    days: dict[int, Ranges] = {_day(text): () for text in data.get("holidays") or ()}
    days |= {_day(text): _ranges_of_a_day(ranges) for text, ranges in (data.get("days") or {}).items()}
    return Hours(zone, week, dict(sorted(days.items())))


ALWAYS = Hours("UTC", (((0, DAY),),) * 7)


def _week(hours: Any) -> tuple[Ranges, ...]:
    if not isinstance(hours, Mapping):
        raise HoursError("Hours are given by weekday.")
    found: list[list[tuple[int, int]]] = [[] for _day in WEEKDAYS]
    for name, ranges in hours.items():
        if name not in WEEKDAYS:
            raise HoursError(f"There is no weekday “{name}”: {', '.join(WEEKDAYS)}.")
        weekday = WEEKDAYS.index(name)
        for begin, end in _read_ranges(ranges):
            found[weekday].append((begin, min(end, DAY)))
            if end > DAY:
                found[(weekday + 1) % 7].append((0, end - DAY))
    return tuple(_joined(ranges) for ranges in found)


def _ranges_of_a_day(ranges: Any) -> Ranges:
    """Single days end at midnight: what comes after is the next day's."""
    found = list(_read_ranges(ranges))
    if any(end > DAY for _begin, end in found):
        raise HoursError("The hours of a single day end at 24:00 at the latest.")
    return _joined(found)


def _read_ranges(ranges: Any) -> Iterator[tuple[int, int]]:
    """Ranges as numbers; one that does not end after it begins ends on the next day."""
    if not isinstance(ranges, Sequence) or isinstance(ranges, str):
        raise HoursError("Hours are a list of ranges.")
    for pair in ranges:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise HoursError("A range is a pair of times, such as [“08:00”, “17:00”].")
        begin, end = _clock(pair[0]), _clock(pair[1])
        if begin == DAY:
            raise HoursError("A range begins before 24:00.")
        yield begin, end if end > begin else end + DAY


def _clock(text: Any) -> int:
    if text == "24:00":
        return DAY
    try:
        at = time.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise HoursError(f"“{text}” is no time of the day, such as “08:00”.") from error
    if at.tzinfo:
        raise HoursError(f"“{text}” is a time in the zone of the calendar and has none of its own.")
    return ((at.hour * 60 + at.minute) * 60 + at.second) * SECOND + at.microsecond


def _day(text: Any) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except (TypeError, ValueError) as error:
        raise HoursError(f"“{text}” is no day, such as “2026-12-25”.") from error


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """In order; those that touch or overlap become one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)
