"""How measured quantities are written in the reader's language: counts, spans, shares, scores. Values in, words out.

What can be typed again, such as a target of two hours, is written by `core.durations`.
"""

from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.durations import DAY, HOUR, MINUTE
from core.moments import current_locale

COUNT, DURATION, BUSINESS, SHARE, SCORE = "count", "duration", "business", "share", "score"
NOTHING = "\N{EN DASH}"
# From here on calendar time is told in days; working time never is, as its days differ in length.
_LONG = 2 * DAY
# From here on an axis has no room for all digits.
_WIDE = 10_000


def written(value: float | None, kind: str) -> str:
    """`kind` is one of the above; durations are in seconds, shares between 0 and 1. A dash where there is no value."""
    if value is None:
        return NOTHING
    return {DURATION: _calendar, BUSINESS: _business, SHARE: _share, SCORE: _score}.get(kind, _count)(value)


def written_short(value: float, kind: str) -> str:
    """For an axis: the largest unit alone, and no more than a few digits."""
    if kind in (DURATION, BUSINESS):
        return _largest(value, days=kind == DURATION)
    if kind == SHARE:
        return format_percent(value, locale=current_locale())
    if abs(value) >= _WIDE:
        return format_compact_decimal(value, locale=current_locale(), fraction_digits=1)
    return format_decimal(value, "#,##0.##", locale=current_locale())


def written_change(value: float, before: float, kind: str) -> str:
    """The difference, without its sign: "12 %" of what counts, "18 min" of spans, "3.1 points" of shares."""
    if kind == SHARE:
        points = format_decimal(abs(value - before) * 100, "#,##0.#", locale=current_locale())
        return _("%(number)s points") % {"number": points}
    if kind == COUNT and before:
        return format_percent(abs(value - before) / abs(before), locale=current_locale())
    return written(abs(value - before), kind)


def _count(value: float) -> str:
    return format_decimal(value, "#,##0.#", locale=current_locale())


def _share(value: float) -> str:
    locale = current_locale()
    return format_percent(value, locale.percent_formats[None].pattern.replace("#,##0", "#,##0.#"), locale=locale)


def _score(value: float) -> str:
    return format_decimal(value, "#,##0.0", locale=current_locale())


def _calendar(value: float) -> str:
    seconds = round(value)
    if abs(seconds) < _LONG:
        return _clock(seconds)
    hours = round(seconds / HOUR)
    return _pieces(hours, (_("%(number)s d"), 24), (_("%(number)s h"), 1))


def _business(value: float) -> str:
    return _clock(round(value))


def _clock(seconds: int) -> str:
    if abs(seconds) < MINUTE:
        return _("%(number)s s") % {"number": seconds}
    return _pieces(round(seconds / MINUTE), (_("%(number)s h"), 60), (_("%(number)s min"), 1))


def _pieces(amount: int, first: tuple[str, int], second: tuple[str, int]) -> str:
    """Two units, and only those of them that there are."""
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    many, rest = divmod(abs(amount), first[1])
    parts = [(text, number) for text, number in ((first[0], many), (second[0], rest)) if number]
    return sign + " ".join(text % {"number": _count(number)} for text, number in parts)


def _largest(value: float, *, days: bool) -> str:
    units = [(_("%(number)s h"), HOUR), (_("%(number)s min"), MINUTE)]
    if days:
        units.insert(0, (pgettext("axis", "%(number)s d"), DAY))
    text, size = next((unit for unit in units if abs(value) >= unit[1]), (_("%(number)s s"), 1))
    return text % {"number": format_decimal(value / size, "#,##0.#", locale=current_locale())}
