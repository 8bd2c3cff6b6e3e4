"""A calendar as people look at it: how long its days are, and the way of a target through it. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sla.hours import Hours, Ranges
from sla.instants import DAY, SECOND, zone_of


@dataclass(frozen=True)
class Step:
    """One day on the way: its ranges in microseconds of the day, what counts of it, and the sum up to its end."""

    day: date
    ranges: Ranges
    seconds: float
    total: float


def usual_day(hours: Hours) -> int:
    """Seconds of the commonest weekday, the longest of these; of a calendar without weekdays a whole day."""
    lengths = Counter(length for length in map(_length, hours.week) if length)
    return max(lengths, key=lambda length: (lengths[length], length)) if lengths else DAY // SECOND


def week_seconds(hours: Hours) -> int:
    return sum(map(_length, hours.week))


def steps(hours: Hours, start: datetime, end: datetime) -> Iterator[Step]:
    """Day by day, in the zone of the calendar, closed days too."""
    zone, total = zone_of(hours.zone), 0.0
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        midnight, next_midnight = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
        counted = hours.between(max(start, midnight), min(end, next_midnight))
        total += counted
        yield Step(day, ranges_on(hours, day), counted, total)
        day += timedelta(days=1)


def ranges_on(hours: Hours, day: date) -> Ranges:
    number = day.toordinal()
    return hours.days[number] if number in hours.days else hours.week[day.weekday()]


def _length(ranges: Ranges) -> int:
    return sum(end - begin for begin, end in ranges) // SECOND
