"""The hours of a calendar drawn as a week, and written in a line. Values in, drawing out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from core.durations import written_duration
from core.moments import current_locale
from sla.hours import Hours, Ranges
from sla.instants import DAY, SECOND, zone_of
from sla.weeks import week_seconds

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
# Height of an hour in the drawing, and the hours that are shown when all ranges lie within them.
UNIT = 40
USUAL = (6, 21)


@dataclass(frozen=True)
class Block:
    y: int
    height: int
    text: str
    # From midnight to midnight: there is nothing around it that it would stand out from.
    is_whole: bool = False


@dataclass(frozen=True)
class Day:
    """One column. `now` is where the present moment is drawn, on its day."""

    label: str
    blocks: Sequence[Block]
    now: int | None = None


@dataclass(frozen=True)
class Week:
    """`marks` are the hours beside the drawing, `lines` where they go on through it."""

    days: Sequence[Day]
    marks: Sequence[int]
    lines: Sequence[int]
    height: int
    total: str
    now: str


def drawn(hours: Hours, now: datetime) -> Week:
    first, last = _bounds(hours)
    local, names = now.astimezone(zone_of(hours.zone)), day_names("abbreviated")
    at = (local.hour * 60 + local.minute) * MINUTE
    days = [
        Day(
            names[index],
            [_block(begin, end, first) for begin, end in ranges],
            _y(at, first) if index == local.weekday() and first * HOUR <= at <= last * HOUR else None,
        )
        for index, ranges in enumerate(hours.week)
    ]
    step = 3
    marks = list(range(first, last + 1, step))
    words = {"day": day_names("wide")[local.weekday()], "clock": f"{local:%H:%M}"}
    return Week(
        days,
        marks,
        [_y(mark * HOUR, first) for mark in marks[1:-1]],
        (last - first) * UNIT,
        _("%(span)s per week") % {"span": written_duration(week_seconds(hours), day=0)},
        _("Now, %(day)s %(clock)s") % words,
    )


def in_a_line(hours: Hours) -> str:
    """ "Mon to Fri 08:00–12:00, 13:00–17:00; Sat 09:00–14:00": neighbours that are alike go together."""
    names, parts = day_names("abbreviated"), []
    for ranges, group in groupby(range(7), key=lambda index: hours.week[index]):
        days = list(group)
        if not ranges:
            continue
        span = names[days[0]] if len(days) == 1 else _("%(first)s to %(last)s") % _ends(names, days)
        parts.append(f"{span} {clocks(ranges)}")
    return "; ".join(parts) or _("Closed all week")


def clocks(ranges: Ranges) -> str:
    return ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in ranges)


def day_names(width: str) -> list[str]:
    """From Monday on, in the reader's language."""
    known = current_locale().days["stand-alone"][width]
    return [known[index] for index in range(7)]


def _ends(names: Sequence[str], days: Sequence[int]) -> dict[str, str]:
    return {"first": names[days[0]], "last": names[days[-1]]}


def _bounds(hours: Hours) -> tuple[int, int]:
    first, last = USUAL
    inside = all(begin >= first * HOUR and end <= last * HOUR for begin, end in _all(hours))
    return USUAL if inside else (0, DAY // HOUR)


def _all(hours: Hours) -> Iterable[tuple[int, int]]:
    return (pair for ranges in hours.week for pair in ranges)


def _block(begin: int, end: int, first: int) -> Block:
    return Block(
        _y(begin, first), max(_y(end, first) - _y(begin, first), 2), clocks(((begin, end),)), end - begin == DAY
    )


def _y(at: int, first: int) -> int:
    return round((at - first * HOUR) * UNIT / HOUR)


def _clock(at: int) -> str:
    hours, minutes = divmod(at // MINUTE, 60)
    return f"{hours:02}:{minutes:02}"
