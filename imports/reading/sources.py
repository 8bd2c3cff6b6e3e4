"""A file of either kind, as a heading and rows: nothing empty, nothing too long, nothing that cannot be stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from core.text import clean_line, strip_nul
from imports.reading.bounds import (
    ERRORS,
    LONGEST_CELL,
    LONGEST_HEADING,
    MOST_COLUMNS,
    MOST_EMPTY,
    MOST_LINES,
    Unread,
    Unreadable,
    too_many_columns,
    too_many_lines,
)
from imports.reading.csv_files import read_csv
from imports.reading.xlsx_files import is_xlsx, read_xlsx

Line = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Row:
    """A line of the file behind the heading, as long as that. `fault` says why it cannot be taken, whatever it means;
    `place` which cell is at fault, if it is one."""

    line: int
    cells: Sequence[str]
    fault: str = ""
    place: int | None = None
    # Why cells say nothing, by their places as texts (it is kept as JSON).
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """`rows` are the lines that hold anything."""

    headings: Sequence[str]
    rows: Iterator[Row]


def open_source(file: IO[bytes]) -> Source:
    """Read CSV or XLSX, told apart by what is in it. Raises `Unreadable`, which the rows may do as well."""
    lines = _full(read_xlsx(file) if is_xlsx(file) else read_csv(file))
    first = next(lines, None)
    if first is None:
        raise Unreadable(_("There is nothing in the file."))
    headings = _headings(first[1])
    return Source(headings, (_row(number, cells, len(headings)) for number, cells in lines))


def _headings(cells: Sequence[str]) -> list[str]:
    headings = [clean_line(cell.lstrip("\ufeff"), LONGEST_HEADING) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise too_many_columns()
    return headings


def _row(line: int, cells: Sequence[str], width: int) -> Row:
    fault, place = "", None
    if any(cells[width:]):
        words = {"number": width}
        fault = _("The line has more cells than there are headings (%(number)s). Is something not quoted?") % words
    for at, cell in enumerate(cells[:width]):
        if len(cell) > LONGEST_CELL:
            fault, place = _("The cell has more than %(number)s characters.") % {"number": LONGEST_CELL}, at
    own = [cell[:LONGEST_CELL] for cell in cells[:width]]
    unread = {str(at): reason for at, cell in enumerate(cells[:width]) if (reason := _why_unread(cell))}
    return Row(line, [*own, *[""] * (width - len(own))], fault, place, unread)


def _why_unread(cell: str) -> str:
    if isinstance(cell, Unread):
        return cell.reason
    return _("It holds an error of the spreadsheet.") if cell in ERRORS else ""


def _full(lines: Iterator[Line]) -> Iterator[Line]:
    """Lines that hold anything, their cells trimmed and fit to be stored."""
    empty = 0
    for number, cells in lines:
        if number > MOST_LINES:
            raise too_many_lines()
        clean = [cell if isinstance(cell, Unread) else strip_nul(cell).strip() for cell in cells]
        if any(clean):
            empty = 0
            yield number, clean
        elif (empty := empty + 1) > MOST_EMPTY:
            return
