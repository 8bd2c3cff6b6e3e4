"""Opening hours as they are typed: ranges of each weekday, and days of their own. Bad rows keep what stands in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.text import clean_line
from sla.hours import WEEKDAYS
from web.setup.forms.problems import Problem
from web.setup.week import day_names

MOST_SPANS = 12
MOST_DAYS = 400
_TIME = re.compile(r"(\d{1,2})(?:[:.h]?([0-5]\d))?\s*(?:h|uhr)?\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b|\bbis\b|\ba\b|\baté\b)\s*", re.IGNORECASE)


@dataclass
class Span:
    """From when to when, as typed."""

    begin: str = ""
    end: str = ""
    error: str = ""
    is_new: bool = False


@dataclass
class Weekday:
    key: str
    label: str
    spans: list[Span] = field(default_factory=list)


@dataclass
class OwnDay:
    """A day with hours of its own; without any it is closed."""

    day: str = ""
    name: str = ""
    hours: str = ""
    error: str = ""
    is_new: bool = False

    @property
    def is_blank(self) -> bool:
        return not (self.day or self.name or self.hours)


class WeekRows:
    """`from-mon` and `to-mon` stand once for each range of Monday."""

    def __init__(self, days: Sequence[Weekday]) -> None:
        self.days = list(days)

    @classmethod
    def of(cls, hours: Mapping[str, Any]) -> "WeekRows":
        return cls(_weekdays(lambda key: [Span(begin, end) for begin, end in hours.get(key, [])]))

    @classmethod
    def posted(cls, data: QueryDict) -> "WeekRows":
        def spans(key: str) -> list[Span]:
            pairs = zip(data.getlist(f"from-{key}"), data.getlist(f"to-{key}"), strict=False)
            return [Span(begin.strip()[:20], end.strip()[:20]) for begin, end in list(pairs)[:MOST_SPANS]]

        return cls(_weekdays(spans))

    def edit(self, what: str, key: str, index: int = 0) -> None:
        day = next((one for one in self.days if one.key == key), None)
        if day is None:
            return
        if what == "span" and len(day.spans) < MOST_SPANS:
            day.spans.append(Span(is_new=True))
        elif what == "drop" and index < len(day.spans):
            del day.spans[index]
        elif what == "copy":
            for other in self.days[:5] if day in self.days[:5] else self.days[5:]:
                other.spans = [Span(span.begin, span.end) for span in day.spans]

    def hours(self) -> dict[str, list[list[str]]]:
        """As the calendar keeps them; rows that cannot be read get their `error` and are left out."""
        found: dict[str, list[list[str]]] = {}
        for day in self.days:
            read = [pair for pair in map(_pair, day.spans) if pair]
            if read:
                found[day.key] = read
        return found

    def problems(self) -> list[Problem]:
        return [
            Problem(day.label, f"from-{day.key}-{index}")
            for day in self.days
            for index, span in enumerate(day.spans)
            if span.error
        ]


class OwnDayRows:
    """`own-day`, `own-name` and `own-hours` stand once for each day; an empty row is none."""

    def __init__(self, rows: Sequence[OwnDay]) -> None:
        self.rows = list(rows)

    @classmethod
    def of(cls, days: Mapping[str, Any]) -> "OwnDayRows":
        return cls([OwnDay(day, facts.get("name", ""), _typed(facts.get("hours", []))) for day, facts in days.items()])

    @classmethod
    def posted(cls, data: QueryDict) -> "OwnDayRows":
        columns = (data.getlist(f"own-{name}") for name in ("day", "name", "hours"))
        rows = [
            OwnDay(day.strip()[:20], name.strip(), hours.strip()[:200])
            for day, name, hours in zip(*columns, strict=False)
        ]
        return cls(rows[:MOST_DAYS])

    def edit(self, what: str, index: int = 0) -> None:
        if what == "day" and len(self.rows) < MOST_DAYS:
            self.rows.append(OwnDay(is_new=True))
        elif what == "undo-day" and index < len(self.rows):
            del self.rows[index]

    def days(self) -> dict[str, Any]:
        """As the calendar keeps them, in order; rows that cannot be read get their `error` and are left out."""
        found: dict[str, Any] = {}
        for row in self.rows:
            if row.is_blank:
                continue
            day, hours = _read_day(row.day), _read_hours(row.hours)
            if day is None:
                row.error = _("Say which day, such as 2026-12-24.")
            elif day in found:
                row.error = _("This day is listed twice.")
            elif hours is None:
                row.error = _("Hours look like 08:00–12:00, 13:00–16:00 and end at 24:00 at the latest.")
            else:
                found[day] = {"name": clean_line(row.name, 100), "hours": hours}
        return dict(sorted(found.items()))

    def problems(self) -> list[Problem]:
        labels = [(row.name or row.day or _("Own days"), index) for index, row in enumerate(self.rows) if row.error]
        return [Problem(label, f"own-day-{index}") for label, index in labels]


def read_time(text: str) -> str | None:
    """ "8", "8:30", "0830", "24" as "08:30"; None for what is no time of the day."""
    found = _TIME.match(text.strip())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return f"{hour:02}:{minute:02}" if hour < 24 or (hour, minute) == (24, 0) else None


def _pair(span: Span) -> list[str] | None:
    span.error = ""
    if not span.begin and not span.end:
        return None
    begin, end = read_time(span.begin), read_time(span.end)
    if begin is None or end is None or begin == "24:00":
        span.error = _("Times look like 08:30; the end of a day is 24:00.")
        return None
    return [begin, end]


def _read_day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _read_hours(text: str) -> list[list[str]] | None:
    """Ranges with commas between them; nothing is closed; None for what cannot be read."""
    found = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;]", text))):
        ends = [read_time(one) for one in _BETWEEN.split(part)]
        if len(ends) != 2 or None in ends or ends[0] == "24:00" or str(ends[1]) <= str(ends[0]):
            return None
        found.append([str(one) for one in ends])
    return found


def _typed(hours: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"{begin}–{end}" for begin, end in hours)


def _weekdays(spans) -> list[Weekday]:
    return [Weekday(key, label, spans(key)) for key, label in zip(WEEKDAYS, day_names("wide"), strict=True)]
