"""How it was at moments, counted: at the last of them, and from there back by what began and ended."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from django.db.models import Count, QuerySet, Sum
from django.db.models import Value as Constant

from reports import tallying
from reports.dimensions import QUEUE, TIME
from reports.halves import Half, Place, with_totals
from reports.measures import Measure, Source
from reports.models import Tally
from reports.questions import Frame, Question
from reports.rows import INSTANT, Readable, column_of, open_now, place_among, standing_at
from reports.tables import TOTAL

Groups = Iterable[Mapping]


def fill_level(half: Half, measure: Measure, readable: Readable, frame: Frame) -> None:
    """Cells and totals of a measure that is a level: at the end of each piece of time, or now if that is earlier."""
    pieces = half.buckets or [half.whole]
    moments = [min(piece.ends, frame.now) for piece in pieces if piece.starts <= frame.now]
    if not moments:
        return
    keys = [key for key in (frame.question.rows, frame.question.columns) if key and key != TIME]
    last: dict[Place, int] = defaultdict(int)
    steps: dict[Place, list[int]] = defaultdict(lambda: [0] * len(moments))
    for row in _standing(measure, moments[-1], keys, readable, frame):
        last[half.place(row, keys, frame.question)] += row["number"]
    if len(moments) > 1:
        for row in _changes(measure, moments, keys, readable, frame):
            steps[half.place(row, keys, frame.question)][row["step"]] += row["number"]
    if not keys:
        last[TOTAL, TOTAL] += 0
    _file(half, measure, last, steps, len(moments), keys, frame.question)


def _standing(measure: Measure, moment: datetime, keys: Sequence[str], readable: Readable, frame: Frame) -> Groups:
    rows = readable.of(Source.SPANS).filter(measure.formula.parts[0].rows())
    columns = _columns(keys, Source.SPANS, readable, frame)
    found = open_now(rows, moment) if moment == frame.now else [standing_at(rows, moment)]
    return chain.from_iterable(
        each.values(**columns, first=Constant(1)).annotate(number=Count("*")).order_by() for each in found
    )


def _changes(
    measure: Measure, moments: Sequence[datetime], keys: Sequence[str], readable: Readable, frame: Frame
) -> Groups:
    """By how much it grew, and in which step: after how many of the moments. From sums by the hour where these know."""
    hour = tallying.hour_of(moments[-1])
    is_tallied = measure.formula.is_tallied and set(keys) <= {QUEUE} and readable.knows_queues_alone
    if not is_tallied or not all(map(tallying.is_full_hour, moments[:-1])):
        return _changed(measure, moments, keys, readable, frame, since=moments[0])
    rows = readable.tallies().filter(kind=Tally.STANDING, at__gte=moments[0], at__lt=hour)
    columns = _columns(keys, Source.FACTS, readable, frame)
    summed = rows.values(**columns, step=place_among("at", list(moments))).annotate(number=Sum("number")).order_by()
    return chain(summed, _changed(measure, moments, keys, readable, frame, since=hour))


def _changed(
    measure: Measure,
    moments: Sequence[datetime],
    keys: Sequence[str],
    readable: Readable,
    frame: Frame,
    *,
    since: datetime,
) -> Groups:
    rows = readable.of(Source.SPANS).filter(measure.formula.parts[0].rows())
    for edge, sign in (("starts_at", 1), ("ends_at", -1)):
        changed = rows.filter(**{f"{edge}__gt": since, f"{edge}__lte": moments[-1]})
        step = place_among(edge, [moment + INSTANT for moment in moments])
        columns = _columns(keys, Source.SPANS, readable, frame)
        found: QuerySet = changed.values(**columns, step=step).annotate(number=Count("*") * sign).order_by()
        yield from found


def _columns(keys: Sequence[str], source: Source, readable: Readable, frame: Frame) -> dict:
    return {f"by_{key}": column_of(key, source, [], frame.zone, readable) for key in keys}


def _file(
    half: Half,
    measure: Measure,
    last: Mapping[Place, int],
    steps: Mapping[Place, Sequence[int]],
    number: int,
    keys: Sequence[str],
    question: Question,
) -> None:
    """Over time a total is how it was last; over all else it is the sum."""
    for place in {*last, *steps}:
        levels = [last.get(place, 0)]
        for step in reversed(steps[place][1:] if place in steps else [0] * (number - 1)):
            levels.append(levels[-1] - step)
        levels.reverse()
        if not any(levels) and keys:
            continue  # what came and went between two moments is no row
        for each in with_totals(place):
            for at, level in enumerate(levels):
                if question.has_time:
                    half.add(_at(each, half.names[at], question), measure.key, level)
            half.add(each, measure.key, levels[-1])


def _at(place: Place, name: str, question: Question) -> Place:
    return (name, place[1]) if question.rows == TIME else (place[0], name)
