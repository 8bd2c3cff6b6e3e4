"""Questions answered: what happened (reports/counting.py) and how it was (reports/levels.py), as a table with named
headers and totals of all there is."""

from collections.abc import Sequence

from accounts.models import User
from reports.counting import fill_counted
from reports.dimensions import HOUR, TIME, WEEKDAY, dimensions, label_of_time, labels_of
from reports.halves import Half, Place
from reports.levels import fill_level
from reports.measures import Kind, Measure, Source, Value, measures
from reports.questions import MOST_ROWS, Frame, Question, frame_of
from reports.rows import Readable, with_room
from reports.tables import TOTAL, Cell, Header, Table

MOST_COLUMNS_SHOWN = 120


def ask(question: Question, user: User) -> Table:
    """The answer, of what `user` may see now."""
    frame = frame_of(question, user)
    chosen = [measures()[key] for key in question.measures]
    readable = Readable(question, user)
    buckets = frame.buckets(frame.whole) if question.has_time else []
    names = [bucket.key for bucket in buckets]
    present = Half(frame.whole, buckets, names)
    halves = [present]
    if frame.before is not None:
        earlier = frame.buckets(frame.before) if question.has_time else []
        # A longer month has more days: they count in its totals and are not shown.
        more = [f"~{number}" for number in range(len(names), len(earlier))]
        halves.append(Half(frame.before, earlier, names + more))
    with with_room():
        for half in halves:
            _fill(half, chosen, readable, frame)
    return _table(frame, chosen, halves)


def _fill(half: Half, chosen: Sequence[Measure], readable: Readable, frame: Frame) -> None:
    for source in Source:
        found = [measure for measure in chosen if measure.source == source]
        if not found:
            continue
        if source == Source.SPANS:
            for measure in found:
                fill_level(half, measure, readable, frame)
        else:
            fill_counted(half, source, found, readable, frame)


# ---- the table


def _table(frame: Frame, chosen: Sequence[Measure], halves: Sequence[Half]) -> Table:
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


def _value(half: Half, place: Place, measure: Measure, frame: Frame) -> Value:
    """What has no rows is 0 where something is counted, and nothing where it lies ahead."""
    found = half.values.get((*place, measure.key))
    if found is not None or measure.kind not in (Kind.COUNT, Kind.LEVEL) and measure.formula.parts[0].adds_up is False:
        return found
    starts = {name: bucket.starts for name, bucket in zip(half.names, half.buckets, strict=False)}
    if any(key in half.names[len(half.buckets) :] for key in place):
        return None  # the time compared with is shorter
    begins = max((starts[key] for key in place if key in starts), default=half.whole.starts)
    return None if begins > frame.now else 0


def _headers(key: str, side: int, present: Half, before: Half | None, question: Question) -> list[Header]:
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


def _weights(side: int, present: Half, before: Half | None, question: Question) -> dict[str, float]:
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
