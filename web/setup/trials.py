"""A calendar tried: when would so much business time have passed, and what of each day counts. Nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.clock import now
from core.durations import parse_duration, written_duration
from core.moments import current_locale
from sla.hours import Hours
from sla.instants import zone_of
from sla.weeks import Step, steps, usual_day
from web.setup.forms.calendars import CalendarPage
from web.setup.week import clocks

# Public holidays are asked for so many years ahead, and so many days are told.
YEARS = 5
MOST_STEPS = 40
LONGEST = 366 * 86_400


@dataclass(frozen=True)
class Line:
    """One day on the way: its hours (or why there are none), what counts of it, the sum up to then."""

    day: str
    hours: str
    counted: str
    total: str


@dataclass(frozen=True)
class Trial:
    start: str
    span: str
    error: str = ""
    end: datetime | None = None
    zone: str = ""
    lines: Sequence[Line] = field(default_factory=tuple)
    rest: int = 0

    @property
    def end_text(self) -> str:
        """In the zone of the calendar, whoever asks."""
        if self.end is None:
            return ""
        local, locale = self.end, current_locale()
        day = locale.date_formats["full"].apply(local, locale)
        return _("%(day)s at %(clock)s") % {"day": day, "clock": f"{local:%H:%M}"}


def untried(page: CalendarPage) -> Trial:
    """What the form offers at first."""
    local = now().astimezone(zone_of(page.hours({}).zone)).replace(second=0, microsecond=0)
    return Trial(f"{local:%Y-%m-%dT%H:%M}", _("%(number)s h") % {"number": 4})


def tried(page: CalendarPage, data: QueryDict) -> Trial:
    """By the hours as they are typed."""
    start_text, span = data.get("try-start", "")[:30], data.get("try-span", "")[:50]
    try:
        naive = datetime.fromisoformat(start_text).replace(tzinfo=None, second=0, microsecond=0)
        if not 1970 <= naive.year <= 2200:
            raise ValueError(start_text)
    except ValueError:
        return Trial(start_text, span, error=_("Say from when on."))
    days = page.single_days(range(naive.year - 1, naive.year + YEARS + 1))
    hours = page.hours(days)
    try:
        seconds = parse_duration(span, day=usual_day(hours))
    except ValueError:
        return Trial(start_text, span, error=_("Write 30 min, 4 h or 2 d."))
    start = naive.replace(tzinfo=zone_of(hours.zone))
    end = hours.add(start, seconds) if seconds <= LONGEST else None
    if end is None:
        return Trial(start_text, span, error=_("That much time never passes in this calendar."))
    return _explained(Trial(start_text, span), hours, (start, end), days)


def _explained(trial: Trial, hours: Hours, way: tuple[datetime, datetime], days: dict[str, Any]) -> Trial:
    start, end = way[0], way[1].astimezone(zone_of(hours.zone))
    number = (end.date() - start.date()).days + 1
    last = min(end, datetime.combine(start.date() + timedelta(days=MOST_STEPS), start.time(), zone_of(hours.zone)))
    lines = [_line(step, days) for step in list(steps(hours, start, last))[:MOST_STEPS]]
    return Trial(trial.start, trial.span, "", end, hours.zone, lines, max(0, number - MOST_STEPS))


def _line(step: Step, days: dict[str, Any]) -> Line:
    name = days.get(step.day.isoformat(), {}).get("name", "")
    text = clocks(step.ranges) or pgettext("hours", "closed")
    counted = written_duration(round(step.seconds), day=0) if step.seconds else "–"
    total = written_duration(round(step.total), day=0)
    return Line(short_day(step.day), f"{name}: {text}" if name else text, counted, total)


def short_day(day: date) -> str:
    """ "Mon, 2 Mar 2026"."""
    locale = current_locale()
    weekday = locale.days["format"]["abbreviated"][day.weekday()]
    return f"{weekday}, {locale.date_formats['medium'].apply(day, locale)}"
