"""Reports as tables for spreadsheet programs. No cell of them is ever taken for a formula (core/sheets.py, T66)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.sheets import csv_lines
from reports.dimensions import dimensions
from reports.measures import Measure, Unit
from reports.tables import TOTAL, Header, Table

Cells = Sequence[Any]
# A sheet of Excel has no more rows.
LONGEST_SHEET = 1_048_576


def lines_of(table: Table) -> Iterator[Cells]:
    """The table as people see it: one line for each row, the totals last; numbers stay numbers. Below a table that is
    cut a line says so."""
    question = table.question
    columns = [*table.columns, *([Header(TOTAL, _("Total"))] if question.columns else [])]
    rows = [*table.rows, *([Header(TOTAL, _("Total"))] if question.rows else [])]
    yield [corner_of(table), *(_heading(column, measure, table) for column in columns for measure in table.measures)]
    for row in rows:
        values = [table.cell(row.key, column.key, measure.key) for column in columns for measure in table.measures]
        yield [row.label, *(cell.value for cell in values)]
        if question.compare:
            yield [_("%(row)s (before)") % {"row": row.label}, *(cell.before for cell in values)]
    if table.is_cut:
        yield [not_all()]


def corner_of(table: Table) -> str:
    """What the rows are, above their names."""
    return str(dimensions()[table.question.rows].label) if table.question.rows else ""


def not_all() -> str:
    return _("This is not all: the report has more rows or columns. The totals are of all of them.")


def write_csv(path: Path, lines: Iterable[Cells]) -> None:
    with path.open("wb") as file:
        for piece in csv_lines([_as_text(cell) for cell in line] for line in lines):
            file.write(piece)


def write_xlsx(path: Path, lines: Iterable[Cells]) -> None:
    """Row after row straight into the file; what does not fit onto a sheet goes on with the next one, below the same
    headings."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
        "default_date_format": "yyyy-mm-dd hh:mm:ss",
    }
    with xlsxwriter.Workbook(path, options) as book:
        bold = book.add_format({"bold": True})
        rest = iter(lines)
        head = [_as_cell(cell) for cell in next(rest, ())]
        sheet = _sheet(book, head, bold)
        for number, line in enumerate(rest):
            place = number % (LONGEST_SHEET - 1)
            if number and place == 0:
                sheet = _sheet(book, head, bold)
            sheet.write_row(place + 1, 0, [_as_cell(cell) for cell in line])


def _sheet(book: xlsxwriter.Workbook, head: Cells, bold: Format) -> Worksheet:
    """The next one, with the headings, which stay in sight."""
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, head, bold)
    return sheet


def _heading(column: Header, measure: Measure, table: Table) -> str:
    unit = {Unit.SECONDS: _("seconds"), Unit.MINUTES: _("minutes")}.get(measure.unit)
    label = f"{measure.label} ({unit})" if unit else str(measure.label)
    if not table.question.columns:
        return label
    return column.label if len(table.measures) == 1 and not unit else f"{column.label}: {label}"


def _as_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.6g}" if abs(cell) < 1 else f"{cell:.10g}"
    return str(cell)


def _as_cell(cell: Any) -> Any:
    return cell if isinstance(cell, int | float | datetime | date) else _as_text(cell)
