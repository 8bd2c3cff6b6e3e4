"""What happened, counted: rows grouped by the database.

Sums and counts are added up here, from sums by the hour where these know enough (reports/tallying.py), else from the
rows. What does not add up, such as a median, is asked for once more for each kind of total.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Aggregate, QuerySet, Sum

from reports import tallying
from reports.halves import Half, Place, with_totals
from reports.measures import Kind, Measure, Source, Value
from reports.periods import Bucket
from reports.questions import Frame
from reports.rows import Readable, column_of, kinds_read, within

Parts = Mapping[str, list[Value]]
Groups = Iterable[tuple[Place, Parts]]


def fill_counted(half: Half, source: Source, chosen: Sequence[Measure], readable: Readable, frame: Frame) -> None:
    """Cells and totals of measures that read these rows."""
    keys = [key for key in (frame.question.rows, frame.question.columns) if key]
    additive = [measure for measure in chosen if measure.formula.is_additive]
    others = [measure for measure in chosen if not measure.formula.is_additive]
    tallied: list[Measure] = []
    if source == Source.FACTS and tallying.knows(half, readable, frame):
        tallied = [measure for measure in additive if measure.formula.is_tallied]
    if tallied:
        _add_up(half, tallied, _from_sums(half, tallied, keys, readable, frame))
    if rest := [measure for measure in additive if measure not in tallied]:
        _add_up(half, rest, _from_rows(half, half.whole, source, rest, keys, readable, frame))
    if others:
        for wanted in _subsets(keys):
            for place, parts in _from_rows(half, half.whole, source, others, wanted, readable, frame):
                for measure in others:
                    half.put(place, measure.key, measure.formula.value(parts[measure.key]))


def _from_rows(
    half: Half,
    whole: Bucket,
    source: Source,
    chosen: Sequence[Measure],
    keys: Sequence[str],
    readable: Readable,
    frame: Frame,
) -> Groups:
    rows = within(readable.of(source), source, whole)
    if source == Source.FACTS:
        rows = rows.filter(kind__in=sorted(kinds_read(chosen)))
    found = _parts(chosen)
    first = found[0][1].rows()
    if all(part.rows() == first for _name, part in found):
        # What all of them ask for is asked once and not of each row for each of them.
        rows, parts = rows.filter(first), {name: part.aggregate(None) for name, part in found}
    else:
        parts = {name: part.aggregate(part.rows() or None) for name, part in found}
    return _grouped(rows, parts, source, half, chosen, keys, readable, frame)


def _from_sums(half: Half, chosen: Sequence[Measure], keys: Sequence[str], readable: Readable, frame: Frame) -> Groups:
    """Of whole hours; what is left of the last one is counted."""
    hours, rest = tallying.whole_hours(half.whole)
    rows = within(readable.tallies(), Source.FACTS, hours).filter(kind__in=sorted(kinds_read(chosen)))
    parts = {name: part.tallied() for name, part in _parts(chosen)}
    # Differences that come to nothing are no rows.
    groups = _grouped(rows, parts, Source.FACTS, half, chosen, keys, readable, frame, having=Sum("number"))
    yield from groups
    if rest:
        yield from _from_rows(half, rest, Source.FACTS, chosen, keys, readable, frame)


def _parts(chosen: Sequence[Measure]) -> list:
    return [(f"{one.key}_{number}", part) for one in chosen for number, part in enumerate(one.formula.parts)]


def _grouped(
    rows: QuerySet,
    parts: Mapping[str, Aggregate],
    source: Source,
    half: Half,
    chosen: Sequence[Measure],
    keys: Sequence[str],
    readable: Readable,
    frame: Frame,
    *,
    having: Aggregate | None = None,
) -> Groups:
    """The parts of each measure by row and column; of groups for which `having` is some, where it is given."""
    columns = {f"by_{key}": column_of(key, source, half.buckets, frame.zone, readable) for key in keys}
    if not columns:
        found: Iterable[Mapping] = [rows.aggregate(**parts)]
    elif having:
        found = rows.values(**columns).annotate(**parts, there=having).exclude(there=0).order_by()
    else:
        found = rows.values(**columns).annotate(**parts).order_by()
    for row in found:
        yield (
            half.place(row, keys, frame.question),
            {one.key: [row[f"{one.key}_{number}"] for number in range(len(one.formula.parts))] for one in chosen},
        )


def _add_up(half: Half, chosen: Sequence[Measure], groups: Groups) -> None:
    """Cells and totals of measures whose parts add up."""
    sums: dict[tuple[str, Place], list[Value]] = {}
    for place, parts in groups:
        for measure in chosen:
            for each in with_totals(place):
                so_far = sums.setdefault((measure.key, each), [0] * len(measure.formula.parts))
                for number, part in enumerate(parts[measure.key]):
                    so_far[number] = (so_far[number] or 0) + (part or 0)
    by_key = {measure.key: measure for measure in chosen}
    for (key, place), added in sums.items():
        half.put(place, key, by_key[key].formula.value(added))
    for measure in chosen:
        if measure.kind == Kind.COUNT:
            half.values.setdefault(("*", "*", measure.key), 0)


def _subsets(keys: list[str]) -> list[list[str]]:
    """All of them, each alone, and none."""
    return [*([keys] if len(keys) > 1 else []), *([key] for key in keys), []]
