"""Questions answered: rows grouped by the database, headers named, totals of all there is.

Sums and counts are added up here. What does not add up, such as a median, is asked for once more for each kind of
total. A level, how it was at a moment, is counted at the first moment and followed from there by what began and ended.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from django.db.models import Count
from django.db.models import Value as Constant

from accounts.models import User
from reports.dimensions import HOUR, TIME, WEEKDAY, dimensions, label_of_time, labels_of
from reports.measures import Kind, Measure, Source, Value, measures
from reports.periods import Bucket
from reports.questions import MOST_ROWS, Frame, Question, frame_of
from reports.rows import INSTANT, Readable, column_of, kinds_read, place_among, standing_at, with_room, within
from reports.tables import TOTAL, Cell, Header, Table

MOST_COLUMNS_SHOWN = 120

Place = tuple[str, str]
Values = dict[tuple[str, str, str], Value]


@dataclass
class _Half:
    """The time asked about, or that to compare with: values by row, column and measure.

    `names` are the keys under which pieces of time are filed: those of the time asked about.
    """

    whole: Bucket
    buckets: list[Bucket]
    names: list[str]
    values: Values = field(default_factory=dict)


def ask(question: Question, user: User) -> Table:
    """The answer, of what `user` may see now."""
    frame = frame_of(question, user)
    chosen = [measures()[key] for key in question.measures]
    readable = Readable(question, user)
    buckets = frame.buckets(frame.whole) if question.has_time else []
    names = [bucket.key for bucket in buckets]
    present = _Half(frame.whole, buckets, names)
    halves = [present]
    if frame.before is not None:
        earlier = frame.buckets(frame.before) if question.has_time else []
        # A longer month has more days: they count in its totals and are not shown.
        more = [f"~{number}" for number in range(len(names), len(earlier))]
        halves.append(_Half(frame.before, earlier, names + more))
    with with_room():
        for half in halves:
            _fill(half, chosen, readable, frame)
    return _table(frame, chosen, halves)


def _fill(half: _Half, chosen: Sequence[Measure], readable: Readable, frame: Frame) -> None:
    for source in Source:
        found = [measure for measure in chosen if measure.source == source]
        if not found:
            continue
        if source == Source.SPANS:
            for measure in found:
                _fill_level(half, measure, readable, frame)
        else:
            _fill_counted(half, source, found, readable, frame)


# ---- what is counted


def _fill_counted(half: _Half, source: Source, chosen: list[Measure], readable: Readable, frame: Frame) -> None:
    """One query for what adds up; for all else one for the cells and one for each kind of total."""
    additive = [measure for measure in chosen if measure.formula.is_additive]
    others = [measure for measure in chosen if not measure.formula.is_additive]
    keys = [key for key in (frame.question.rows, frame.question.columns) if key]
    if additive:
        _add_up(half, additive, _groups(half, source, additive, keys, readable, frame))
    if others:
        for wanted in _subsets(keys):
            _take(half, others, _groups(half, source, others, wanted, readable, frame))


def _groups(
    half: _Half, source: Source, chosen: list[Measure], keys: list[str], readable: Readable, frame: Frame
) -> dict[Place, dict[str, list[Value]]]:
    """The parts of each measure by row and column, `TOTAL` where nothing is told apart by that."""
    rows = within(readable.of(source), source, half.whole)
    if source == Source.FACTS:
        rows = rows.filter(kind__in=sorted(kinds_read(chosen)))
    columns = {f"by_{key}": column_of(key, source, half.buckets, frame.zone, readable) for key in keys}
    parts = {
        f"{measure.key}_{number}": part.aggregate()
        for measure in chosen
        for number, part in enumerate(measure.formula.parts)
    }
    if columns:
        found: Iterable[Mapping] = rows.values(**columns).annotate(**parts).order_by()
    else:
        found = [rows.aggregate(**parts)]
    groups: dict[Place, dict[str, list[Value]]] = {}
    for row in found:
        groups[_place(row, keys, half, frame.question)] = {
            measure.key: [row[f"{measure.key}_{number}"] for number in range(len(measure.formula.parts))]
            for measure in chosen
        }
    return groups


def _add_up(half: _Half, chosen: list[Measure], groups: Mapping[Place, Mapping[str, list[Value]]]) -> None:
    """Cells and totals of measures whose parts add up."""
    for measure in chosen:
        sums: dict[Place, list[Value]] = {}
        for place, parts in groups.items():
            for each in _with_totals(place):
                so_far = sums.setdefault(each, [0] * len(measure.formula.parts))
                for number, part in enumerate(parts[measure.key]):
                    so_far[number] = (so_far[number] or 0) + (part or 0)
        for place, added in sums.items():
            half.values[*place, measure.key] = measure.formula.value(added)
        if measure.kind == Kind.COUNT:
            half.values.setdefault((TOTAL, TOTAL, measure.key), 0)


def _take(half: _Half, chosen: list[Measure], groups: Mapping[Place, Mapping[str, list[Value]]]) -> None:
    for place, parts in groups.items():
        for measure in chosen:
            half.values[*place, measure.key] = measure.formula.value(parts[measure.key])


def _subsets(keys: list[str]) -> list[list[str]]:
    """All of them, each alone, and none."""
    return [*([keys] if len(keys) > 1 else []), *([key] for key in keys), []]


def _with_totals(place: Place) -> set[Place]:
    row, column = place
    return {place, (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)}


def _place(row: Mapping, keys: list[str], half: _Half, question: Question) -> Place:
    """Where the group stands in the table."""
    found = []
    for key in (question.rows, question.columns):
        if not key or key not in keys:
            found.append(TOTAL)
        elif key == TIME:
            found.append(half.names[row[f"by_{key}"] - 1])
        else:
            value = row[f"by_{key}"]
            found.append("" if value is None else str(value))
    return found[0], found[1]


# ---- how it was at a moment


def _fill_level(half: _Half, measure: Measure, readable: Readable, frame: Frame) -> None:
    question = frame.question
    rows = readable.of(Source.SPANS).filter(measure.formula.parts[0].rows())
    keys = [key for key in (question.rows, question.columns) if key and key != TIME]
    columns = {f"by_{key}": column_of(key, Source.SPANS, [], frame.zone, readable) for key in keys}
    pieces = half.buckets or [half.whole]
    moments = [min(piece.ends, frame.now) for piece in pieces if piece.starts <= frame.now]
    if not moments:
        return
    steps: dict[Place, list[int]] = defaultdict(lambda: [0] * len(moments))
    if not columns:
        steps[TOTAL, TOTAL][0] = 0
    for row in standing_at(rows, moments[0]).values(**columns, first=Constant(1)).annotate(n=Count("*")).order_by():
        steps[_standing(row, keys, question)][0] += row["n"]
    if len(moments) > 1:
        for edge, sign in (("starts_at", 1), ("ends_at", -1)):
            changes = rows.filter(**{f"{edge}__gt": moments[0], f"{edge}__lte": moments[-1]})
            step = place_among(edge, [moment + INSTANT for moment in moments])
            for row in changes.values(**columns, step=step).annotate(n=Count("*")).order_by():
                steps[_standing(row, keys, question)][row["step"]] += sign * row["n"]
    _file_levels(half, measure, steps, question)


def _file_levels(half: _Half, measure: Measure, steps: Mapping[Place, list[int]], question: Question) -> None:
    """Over time a total is how it was last; over all else it is the sum."""
    for place, changes in steps.items():
        levels = list(accumulate(changes))
        for each in _with_totals(place):
            for number, level in enumerate(levels):
                if question.has_time:
                    _add(half.values, (*_at(each, half.names[number], question), measure.key), level)
            _add(half.values, (*each, measure.key), levels[-1])


def _standing(row: Mapping, keys: list[str], question: Question) -> Place:
    row_key, column_key = (
        ("" if row[f"by_{key}"] is None else str(row[f"by_{key}"])) if key in keys else TOTAL
        for key in (question.rows, question.columns)
    )
    return row_key, column_key


def _at(place: Place, name: str, question: Question) -> Place:
    return (name, place[1]) if question.rows == TIME else (place[0], name)


def _add(values: Values, key: tuple[str, str, str], level: int) -> None:
    values[key] = int(values.get(key) or 0) + level


# ---- the table


def _table(frame: Frame, chosen: Sequence[Measure], halves: Sequence[_Half]) -> Table:
    question, present = frame.question, halves[0]
    before = halves[1] if len(halves) > 1 else None
    rows = _headers(question.rows, 0, present, before, question)
    columns = _headers(question.columns, 1, present, before, question)
    shown = rows[:MOST_ROWS]
    cells = {}
    for row in (*(header.key for header in shown), TOTAL):
        for column in (*(header.key for header in columns[:MOST_COLUMNS_SHOWN]), TOTAL):
            for measure in chosen:
                place = (
                    row if question.rows or row == TOTAL else TOTAL,
                    column if question.columns or column == TOTAL else TOTAL,
                )
                cells[row, column, measure.key] = Cell(
                    _value(present, place, measure, frame), _value(before, place, measure, frame) if before else None
                )
    return Table(
        question=question,
        measures=tuple(chosen),
        rows=shown,
        columns=columns[:MOST_COLUMNS_SHOWN],
        starts=frame.whole.starts,
        ends=frame.whole.ends,
        before_starts=frame.before.starts if frame.before else None,
        before_ends=frame.before.ends if frame.before else None,
        made_at=frame.now,
        is_cut=len(rows) > len(shown) or len(columns) > MOST_COLUMNS_SHOWN,
        cells=cells,
    )


def _value(half: _Half, place: Place, measure: Measure, frame: Frame) -> Value:
    """What has no rows is 0 where something is counted, and nothing where it lies ahead."""
    found = half.values.get((*place, measure.key))
    if found is not None or measure.kind not in (Kind.COUNT, Kind.LEVEL) and measure.formula.parts[0].adds_up is False:
        return found
    starts = {name: bucket.starts for name, bucket in zip(half.names, half.buckets, strict=False)}
    if any(key in half.names[len(half.buckets) :] for key in place):
        return None  # the time compared with is shorter
    begins = max((starts[key] for key in place if key in starts), default=half.whole.starts)
    return None if begins > frame.now else 0


def _headers(key: str, side: int, present: _Half, before: _Half | None, question: Question) -> list[Header]:
    if not key:
        return [Header("", "")]
    if key == TIME:
        return [
            Header(bucket.key, label_of_time(bucket.starts, question.grain), bucket.starts, bucket.ends)
            for bucket in present.buckets
        ]
    dimension = dimensions()[key]
    if key in (WEEKDAY, HOUR):
        return [Header(each, label) for each, label in labels_of(dimension, ()).items()]
    weights = _weights(side, present, before, question)
    labels = labels_of(dimension, weights)
    headers = [Header(each, label) for each, label in labels.items()]
    if not dimension.order:
        headers.sort(key=lambda header: (-weights[header.key], header.label.casefold(), header.key))
    return sorted(headers, key=lambda header: header.key == "")


def _weights(side: int, present: _Half, before: _Half | None, question: Question) -> dict[str, float]:
    """Every key that has a value, with the total of the first measure."""
    first = question.measures[0]
    found: dict[str, float] = {}
    for half in (present, before):
        for place, value in half.values.items() if half else ():
            key = place[side]
            if key == TOTAL:
                continue
            found.setdefault(key, 0)
            if half is present and place[1 - side] == TOTAL and place[2] == first:
                found[key] = float(value or 0)
    return found
