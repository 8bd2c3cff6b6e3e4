"""When a schedule runs: cron lines in a zone, and those of them that people can say in plain words. Pure.

A cron line has five fields: minute, hour, day of the month, month, day of the week. Several lines stand with semicolons
between them: "0 8 * * 1-5; 30 13 * * 1-5". Around a change of the clocks a line behaves as Debian's cron does: a time
that is left out comes as soon as the clock goes on, one that is there twice comes once; lines with "*" in the minute or
hour go by real time.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

HOURS = 24
# Monday to Sunday as cron counts them.
WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)
FIELDS = 5
BETWEEN = ";"
MOST_LINES, MOST_TIMES = 8, 24
# How often a schedule may run again and again, in minutes.
STEPS = (5, 10, 15, 20, 30, 60, 120, 180, 240, 360)
# Times that passed while nobody ran them are counted no further.
MOST_MISSED = 1000


class NoTimes(ValueError):
    """The line cannot be read, or there is no such time: 30 February."""


Clock = tuple[int, int]


@dataclass(frozen=True)
class Week:
    """The same times of the day, as hour and minute, on some weekdays (1 is Monday)."""

    weekdays: Sequence[int]
    times: Sequence[Clock]


@dataclass(frozen=True)
class Steps:
    """Every so many minutes, from midnight on, on some weekdays."""

    weekdays: Sequence[int]
    minutes: int


def upcoming(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """All times after a moment, in UTC, each once. Raises `NoTimes`."""
    last = None
    for found in heapq.merge(*(_upcoming(line, zone, after) for line in _lines(cron))):
        if found != last:
            last = found
            yield found


def _upcoming(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    line, local = _readable(cron), after.astimezone(_known(zone))
    last = after.astimezone(UTC)
    try:
        for moment in CronSim(line, local):
            # of an hour that is there twice it begins with the first one, and times of a left out one fall together
            if (found := moment.astimezone(UTC)) > last:
                last = found
                yield found
    except CronSimError as error:
        raise NoTimes(str(error)) from error


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first time after a moment. Raises `NoTimes`."""
    found = next(upcoming(cron, zone, after), None)
    if found is None:
        raise NoTimes("there is no such time within fifty years")
    return found


def times_between(cron: str, zone: str, after: datetime, until: datetime) -> int:
    """How many times lie after one moment and not after another, counted no further than `MOST_MISSED`."""
    number = 0
    for moment in islice(upcoming(cron, zone, after), MOST_MISSED):
        if moment > until:
            break
        number += 1
    return number


def line_of(plan: Week | Steps) -> str:
    """The cron lines that say the same."""
    days = "*" if set(plan.weekdays) >= set(WEEKDAYS) else _list(plan.weekdays)
    if isinstance(plan, Steps):
        # stars, not lists: every hour is every real hour, also where the clock shows one of them twice
        if plan.minutes < 60:
            return f"*/{plan.minutes} * * * {days}"
        return f"0 * * * {days}" if plan.minutes == 60 else f"0 */{plan.minutes // 60} * * {days}"
    by_minute: dict[int, list[int]] = {}
    for hour, minute in sorted(set(plan.times)):
        by_minute.setdefault(minute, []).append(hour)
    minutes_of: dict[tuple[int, ...], list[int]] = {}
    for minute, hours in by_minute.items():
        minutes_of.setdefault(tuple(hours), []).append(minute)
    lines = (f"{_list(minutes)} {_list(hours)} * * {days}" for hours, minutes in minutes_of.items())
    return f"{BETWEEN} ".join(lines)


def plan_of(cron: str) -> Week | Steps | None:
    """What the lines say in plain words; None where they cannot be said so."""
    try:
        found = [_parsed(line) for line in _lines(cron)]
    except (NoTimes, CronSimError):
        return None
    weekdays, hours, minutes = found[0]
    if any(days != weekdays for days, _hours, _minutes in found):
        return None
    if len(found) == 1 and (step := _step(hours, minutes)):
        return Steps(weekdays, step)
    times = sorted({(hour, minute) for _days, hours, minutes in found for hour in hours for minute in minutes})
    return Week(weekdays, times) if len(times) <= MOST_TIMES else None


def _parsed(cron: str) -> tuple[list[int], frozenset[int], frozenset[int]]:
    """Weekdays, hours and minutes of one line. Raises `NoTimes` for one that asks for more than these."""
    line = CronSim(_readable(cron), datetime(2026, 1, 1))
    _second, _minute, _hour, day, month, weekday = line.parts
    numbers = [one for one in line.weekdays if isinstance(one, int)]
    if day != "*" or month != "*" or len(numbers) < len(line.weekdays):
        raise NoTimes("not only weekdays, hours and minutes")
    weekdays = set(WEEKDAYS) if weekday == "*" else {number or 7 for number in numbers}
    return sorted(weekdays), frozenset(line.hours), frozenset(line.minutes)


def _step(hours: frozenset[int], minutes: frozenset[int]) -> int | None:
    """How many minutes lie between the times of a day, where these are all the same and begin at midnight."""
    for step in STEPS:
        if step < 60:
            fits = len(hours) == HOURS and minutes == frozenset(range(0, 60, step))
        else:
            fits = hours == frozenset(range(0, HOURS, step // 60)) and minutes == {0}
        if fits:
            return step
    return None


def _lines(cron: str) -> list[str]:
    lines = [line.strip() for line in cron.split(BETWEEN)]
    if len(lines) > MOST_LINES:
        raise NoTimes(f"more than {MOST_LINES} lines")
    return lines


def _known(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise NoTimes(f"there is no time zone {zone}") from error


def _readable(cron: str) -> str:
    """Five fields: one that begins with seconds is refused."""
    parts = cron.split()
    if len(parts) != FIELDS:
        raise NoTimes("a line has five fields")
    return " ".join(parts)


def _list(numbers: Sequence[int]) -> str:
    """[1, 2, 3, 4, 5, 7] -> "1-5,7"."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(_span(first, last) for first, last in spans)


def _span(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"
