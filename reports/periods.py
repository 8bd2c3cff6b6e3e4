"""Stretches of days and the pieces they are cut into, on the clock of a zone. Pure: values in and out.

A period is half open: from the midnight its first day begins with to that after its last day. Pieces (`Bucket`) are
those of the calendar: days of 23 or 25 hours, weeks from Monday, months. The first and the last one are cut to the
period.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PERIODS: Mapping[str, Promise] = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "last_7_days": _("Last 7 days"),
    "last_30_days": _("Last 30 days"),
    "last_90_days": _("Last 90 days"),
    "this_week": _("This week"),
    "last_week": _("Last week"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "this_quarter": _("This quarter"),
    "last_quarter": _("Last quarter"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
    "last_12_months": _("Last 12 months"),
}
GRAINS: Mapping[str, Promise] = {
    "hour": pgettext_lazy("grain", "Hour"),
    "day": pgettext_lazy("grain", "Day"),
    "week": pgettext_lazy("grain", "Week"),
    "month": pgettext_lazy("grain", "Month"),
    "quarter": pgettext_lazy("grain", "Quarter"),
    "year": pgettext_lazy("grain", "Year"),
}
COMPARISONS: Mapping[str, Promise] = {
    "": _("Nothing"),
    "previous": _("The time right before"),
    "year": _("The same time a year before"),
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """One of `PERIODS`, or days from `first` to `last`, both included."""

    name: str = ""
    first: date | None = None
    last: date | None = None

    def days(self, today: date) -> tuple[date, date]:
        """The first day, and the day after the last one."""
        if self.name:
            return _named(self.name, today)
        assert self.first and self.last
        return self.first, self.last + ONE_DAY


@dataclass(frozen=True)
class Bucket:
    """From this moment to before that."""

    starts: datetime
    ends: datetime

    @property
    def key(self) -> str:
        return self.starts.isoformat()


def moments_of(first: date, after: date, zone: ZoneInfo) -> Bucket:
    return Bucket(_midnight(first, zone), _midnight(after, zone))


def shifted(first: date, after: date, comparison: str) -> tuple[date, date]:
    """The days to compare these with. A whole number of months is compared with as many months."""
    if comparison == "year":
        return _months(first, -12), _months(after, -12)
    if first.day == after.day == 1:
        months = (after.year - first.year) * 12 + after.month - first.month
        return _months(first, -months), first
    return first - (after - first), first


def as_far(before: Bucket, whole: Bucket, moment: datetime, zone: ZoneInfo) -> Bucket:
    """Of the time compared with as much as has passed of this one, by the clock on the wall: a month that is on its
    tenth day at noon is compared with ten days up to noon. All of it where this one is over, or has not begun."""
    if not whole.starts < moment < whole.ends:
        return before
    local = moment.astimezone(zone)
    day = before.starts.astimezone(zone).date() + (local.date() - whole.starts.astimezone(zone).date())
    ends = datetime.fromtimestamp(datetime.combine(day, local.time(), zone).timestamp(), zone)
    return Bucket(before.starts, min(ends, before.ends)) if ends > before.starts else before


def buckets(whole: Bucket, grain: str, zone: ZoneInfo) -> Iterator[Bucket]:
    """The pieces of a period, in order."""
    starts = whole.starts
    while starts < whole.ends:
        ends = min(_next(starts, grain, zone), whole.ends)
        yield Bucket(starts.astimezone(zone), ends.astimezone(zone))
        starts = ends


def _next(moment: datetime, grain: str, zone: ZoneInfo) -> datetime:
    """When the next piece begins. Hours are counted in time that passes: one that the clock shows twice is two."""
    local = moment.astimezone(zone)
    if grain == "hour":
        hour = moment.timestamp() // 3600 * 3600 + 3600
        return datetime.fromtimestamp(hour, zone)
    day = local.date()
    following = {
        "day": day + ONE_DAY,
        "week": day + timedelta(days=7 - day.weekday()),
        "month": _months(day.replace(day=1), 1),
        "quarter": _months(_quarter(day), 3),
        "year": date(day.year + 1, 1, 1),
    }
    return _midnight(following[grain], zone)


def _named(name: str, today: date) -> tuple[date, date]:
    tomorrow, monday, month = today + ONE_DAY, today - timedelta(days=today.weekday()), today.replace(day=1)
    quarter, year = _quarter(today), date(today.year, 1, 1)
    found = {
        "today": (today, tomorrow),
        "yesterday": (today - ONE_DAY, today),
        "last_7_days": (tomorrow - timedelta(days=7), tomorrow),
        "last_30_days": (tomorrow - timedelta(days=30), tomorrow),
        "last_90_days": (tomorrow - timedelta(days=90), tomorrow),
        "this_week": (monday, monday + timedelta(days=7)),
        "last_week": (monday - timedelta(days=7), monday),
        "this_month": (month, _months(month, 1)),
        "last_month": (_months(month, -1), month),
        "this_quarter": (quarter, _months(quarter, 3)),
        "last_quarter": (_months(quarter, -3), quarter),
        "this_year": (year, _months(year, 12)),
        "last_year": (_months(year, -12), year),
        "last_12_months": (_months(month, -11), _months(month, 1)),
    }
    return found[name]


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _months(day: date, number: int) -> date:
    """The same day so many months on; the last one of a month that is too short."""
    months = day.year * 12 + day.month - 1 + number
    year, month = divmod(months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins: where the clock skips midnight, right after."""
    return datetime.fromtimestamp(datetime.combine(day, time(), zone).timestamp(), zone)
