"""The answer to a question: headers, cells, totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reports.measures import Measure
from reports.questions import Question

TOTAL = "*"
Value = int | float | None


@dataclass(frozen=True)
class Header:
    """A row or a column: its key, what people read, and from when to when where it is a piece of time."""

    key: str
    label: str
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Cell:
    """A value, and that of the time compared with. None: there is nothing to say, which is not 0."""

    value: Value = None
    before: Value = None


EMPTY = Cell()


@dataclass(frozen=True)
class Table:
    """`starts` to before `ends` is what was asked about, `before_...` what it is compared with."""

    question: Question
    measures: tuple[Measure, ...]
    rows: Sequence[Header]
    columns: Sequence[Header]
    starts: datetime
    ends: datetime
    before_starts: datetime | None
    before_ends: datetime | None
    made_at: datetime
    # There are more rows than are shown; totals are of all.
    is_cut: bool = False
    cells: Mapping[tuple[str, str, str], Cell] = field(default_factory=dict)

    def cell(self, row: str, column: str, measure: str) -> Cell:
        """Row and column by their keys, `TOTAL` for all of them."""
        return self.cells.get((row, column, measure), EMPTY)
