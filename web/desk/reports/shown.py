"""An answer (reports/tables.py) as people see it: lines of written numbers, each leading to its tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from babel.dates import format_skeleton, format_time
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.moments import current_locale
from core.quantities import COUNT
from reports.dimensions import HOUR, dimensions
from reports.measures import Measure
from reports.tables import TOTAL, Cell, Header, Table
from reports.wording import difference, measured, number, quantity_of
from web.desk.reports.addresses import cell_query, tickets_url

ALONE = ""
_SHORT = {"day": "MMMd", "week": "MMMd", "month": "yyMMM"}


@dataclass(frozen=True)
class Change:
    """Against the time compared with: "12% more than before", good or bad where that can be said."""

    text: str
    icon: str
    hue: str


@dataclass(frozen=True)
class Number:
    """One value. `url` leads to the tickets behind it, where there are any."""

    text: str
    url: str = ""
    change: Change | None = None
    value: float | None = None


@dataclass(frozen=True)
class Line:
    label: str
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Head:
    """Above a column. `span` is how many it stands over."""

    label: str | Promise
    span: int = 1


@dataclass(frozen=True)
class Shown:
    """`display` is one of `reports.models.Display`."""

    table: Table
    display: str

    @property
    def rows(self) -> Sequence[Header]:
        return self.table.rows

    @cached_property
    def has_rows(self) -> bool:
        return bool(self.table.question.rows)

    @cached_property
    def has_columns(self) -> bool:
        return bool(self.table.question.columns)

    @property
    def is_empty(self) -> bool:
        return not self.table.rows or not self.table.columns

    @cached_property
    def corner(self) -> str | Promise:
        """What the rows are."""
        key = self.table.question.rows
        return dimensions()[key].label if key else ""

    @cached_property
    def tops(self) -> Sequence[Head]:
        """The upper line of two, where columns have several measures each."""
        if not self.has_columns or len(self.table.measures) < 2:
            return []
        span = len(self.table.measures)
        return [Head(label_of(head), span) for head in self.table.columns] + [Head(pgettext("sum", "All"), span)]

    @cached_property
    def heads(self) -> Sequence[Head]:
        if not self.has_columns:
            return [Head(measure.label) for measure in self.table.measures]
        if self.tops:
            return [Head(m.label) for _head in self.tops for m in self.table.measures]
        return [Head(label_of(head)) for head in self.table.columns] + [Head(pgettext("sum", "All"))]

    @cached_property
    def lines(self) -> Sequence[Line]:
        return [Line(label_of(head), self._numbers(head.key)) for head in self.table.rows]

    @cached_property
    def total(self) -> Line | None:
        """Of all rows, also those that are not shown."""
        return Line(pgettext("sum", "All"), self._numbers(TOTAL)) if self.has_rows else None

    @cached_property
    def figures(self) -> Sequence[tuple[Measure, Number]]:
        """Each measure in one number."""
        return [(m, self.number(TOTAL, TOTAL, m)) for m in self.table.measures]

    def number(self, row: str, column: str, measure: Measure) -> Number:
        cell = self.cell(row, column, measure)
        url, change = self.url(row, column, measure), change_of(cell, measure)
        return Number(number(cell.value, measure), url, change, measured(cell.value, measure))

    def value(self, row: str, column: str, measure: Measure) -> float | None:
        return measured(self.cell(row, column, measure).value, measure)

    def cell(self, row: str, column: str, measure: Measure) -> Cell:
        """`TOTAL` where there is but one row or column is that one."""
        row = ALONE if row == TOTAL and not self.has_rows else row
        column = ALONE if column == TOTAL and not self.has_columns else column
        return self.table.cell(row, column, measure.key)

    def url(self, row: str, column: str, measure: Measure) -> str:
        if not measure.drills or not self.cell(row, column, measure).value:
            return ""
        row, column = row if self.has_rows else TOTAL, column if self.has_columns else TOTAL
        return f"{self._tickets}&{cell_query(measure.key, row, column)}"

    def _numbers(self, row: str) -> list[Number]:
        columns = [head.key for head in self.table.columns] + ([TOTAL] if self.has_columns else [])
        return [self.number(row, column, measure) for column in columns for measure in self.table.measures]

    @cached_property
    def _tickets(self) -> str:
        return tickets_url(self.table.question)


def label_of(head: Header) -> str:
    return head.label or head.key


def short_label(head: Header, dimension: str, grain: str) -> str:
    """For an axis, where days need no year and hours no minutes: "20 Oct", "Oct 26", "9"."""
    if dimension == HOUR:
        return head.key
    if head.starts is None:
        return label_of(head)
    locale, skeleton = current_locale(), _SHORT.get(grain)
    if grain == "hour":
        return format_time(head.starts, "short", locale=locale)
    return format_skeleton(skeleton, head.starts, locale=locale) if skeleton else label_of(head)


def change_of(cell: Cell, measure: Measure) -> Change | None:
    """None where there is nothing to compare."""
    if cell.value is None or cell.before is None:
        return None
    if cell.value == cell.before:
        return Change(_("as before"), "", "flat")
    more = cell.value > cell.before
    words = {"change": difference(cell.value, cell.before, measure)}
    is_new = quantity_of(measure) == COUNT and not cell.before
    if more:
        text = (_("%(change)s more, none before") if is_new else _("%(change)s more than before")) % words
    else:
        text = _("%(change)s less than before") % words
    good = {"": "flat", "more": "good" if more else "bad", "less": "bad" if more else "good"}[measure.better]
    return Change(text, "arrow-u" if more else "arrow-d", good)
