"""How dates, times and sizes are written in the reader's language and zone. Values in, words out."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext

from core.clock import now

# Which country's habits a language without a country takes.
HABITS = {"en": "en_GB"}


@cache
def locale_of(language: str) -> Locale:
    try:
        return Locale.parse(HABITS.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(HABITS["en"])


def current_locale() -> Locale:
    return locale_of(translation.get_language() or "en")


def moment(at: datetime) -> str:
    """Day and time, the year only when it is another one: "17 Nov, 20:41"."""
    locale, at = current_locale(), timezone.localtime(at)
    day = _day(at.date(), "MMMd" if at.year == timezone.localtime().year else "yMMMd", locale)
    return _together("medium", day=day, clock=_clock(at.time().replace(second=0, microsecond=0), locale), locale=locale)


def day(at: datetime) -> str:
    """The day alone: "17 Nov 2026"."""
    return _day(timezone.localtime(at).date(), "yMMMd", current_locale())


def by_when(at: datetime) -> str:
    """As one would say it of what lies ahead: "tomorrow, 14:00", "Friday, 14:00", else with the day."""
    locale, local, today = current_locale(), timezone.localtime(at), timezone.localdate(now())
    clock = format_time(local, "short", locale=locale)
    days = (local.date() - today).days
    if days == 0:
        return gettext("today, %(time)s") % {"time": clock}
    if days == 1:
        return gettext("tomorrow, %(time)s") % {"time": clock}
    if 1 < days < 7:
        words = {"day": format_date(local, "EEEE", locale=locale), "time": clock}
        return pgettext("weekday and time", "%(day)s, %(time)s") % words
    return moment(at)


def zone_at(at: datetime) -> str:
    """What the reader's zone is called then: "CET", "MEZ", "UTC"."""
    return format_time(timezone.localtime(at), "z", locale=current_locale())


def full_day(at: datetime) -> str:
    """The day with its weekday: "Saturday, 21 November 2026"."""
    return _day(timezone.localtime(at).date(), "", current_locale())


def full_moment(at: datetime) -> str:
    """Everything, for the title: weekday, date, time and zone."""
    locale, at = current_locale(), timezone.localtime(at)
    return _together("full", day=_day(at.date(), "", locale), clock=_full_clock(_minute(at), locale), locale=locale)


def file_size(size: int) -> str:
    """ "312 kB", "1.4 MB": decimal units as the operating systems show them."""
    kilo = size < 1_000_000
    number = _decimal(max(1, size / 1000), "#,##0") if kilo else _decimal(size / 1_000_000, "#,##0.#")
    return f"{number}\N{NO-BREAK SPACE}{'kB' if kilo else 'MB'}"


# Pages have many moments and few days and minutes, and to write one takes longer than to look it up.


@lru_cache(maxsize=10_000)
def _day(day: date, skeleton: str, locale: Locale) -> str:
    """Without a skeleton, in full."""
    return format_skeleton(skeleton, day, locale=locale) if skeleton else format_date(day, "full", locale=locale)


@lru_cache(maxsize=10_000)
def _clock(at: time, locale: Locale) -> str:
    return format_time(at, "short", locale=locale)


@dataclass(frozen=True)
class _Minute:
    """A minute of the day in a zone, under one of the zone's names. `at` is one of those that look alike."""

    clock: time
    zone: str
    offset: timedelta | None
    summer: timedelta | None
    at: datetime = field(compare=False)


def _minute(at: datetime) -> _Minute:
    clock = at.time().replace(second=0, microsecond=0, fold=0)
    return _Minute(clock, str(at.tzinfo), at.utcoffset(), at.dst(), at)


@lru_cache(maxsize=20_000)
def _full_clock(minute: _Minute, locale: Locale) -> str:
    # the locale's own full form, without the seconds nobody asks for
    pattern = locale.time_formats["full"].pattern.replace(":ss", "")
    return format_time(minute.at, pattern, locale=locale)


def _decimal(number: float, pattern: str) -> str:
    return format_decimal(number, pattern, locale=current_locale())


def _together(length: str, *, day: str, clock: str, locale: Locale) -> str:
    return str(locale.datetime_formats[length]).replace("{1}", day).replace("{0}", clock).replace("'", "")
