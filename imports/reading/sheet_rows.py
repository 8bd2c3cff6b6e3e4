"""The rows of a sheet one by one, within bounds: no line is held before it is known to be one that can be held.

openpyxl builds a whole line before it counts its cells, and reads what stands beside the sheet without asking how much.
"""

import zipfile
from collections.abc import Iterator
from typing import IO, Any

from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from imports.reading.bounds import Unreadable, too_many_lines

# Unpacked bytes of what openpyxl reads whole (styles, names, relations): a hundred times that is held of it.
LARGEST_WHOLE = 1024 * 1024
# Marks of shared texts: a text has four of them.
MOST_MARKS = 2_000_000
# Of one line: elements (a line of Excel has 16,384 cells), and bytes.
MOST_ELEMENTS, LARGEST_LINE = 4 * 16_384, 8 * 1024 * 1024
_PIECE = 64 * 1024
_FORMULA, _ERROR = f"{{{SHEET_MAIN_NS}}}f", "e"

Cell = tuple[int, Any, str]


class _Bounded(zipfile.ZipFile):
    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        if self.getinfo(name).file_size > LARGEST_WHOLE:
            raise too_large()
        return super().read(name, pwd)


class _Counted:
    """A sheet that is read piece by piece; `read_of_it` counts since it was last put to nothing."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.read_of_it = source, 0

    def read(self, _size: int = -1) -> bytes:
        piece = self.source.read(_PIECE)
        self.read_of_it += len(piece)
        if self.read_of_it > LARGEST_LINE:
            raise too_large()
        return piece


def opened(file: IO[bytes]) -> ExcelReader:
    """A file with all but its sheets. `archive` is to be closed. Raises `Unreadable` for what is too large."""
    reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.archive = _Bounded(file)
    reader.read_manifest()
    if (strings := reader.package.find(SHARED_STRINGS)) is not None:
        _refuse_many_marks(reader.archive, strings.PartName[1:])
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    return reader


def first_sheet(reader: ExcelReader) -> str:
    """The part of the first visible sheet."""
    for sheet, relation in reader.parser.find_sheets():
        if sheet.state == "visible" and "chartsheet" not in relation.Type and relation.target in reader.valid_files:
            return str(relation.target)
    raise Unreadable(_("There is no sheet in the file."))


def rows_of(reader: ExcelReader, part: str, *, most_lines: int) -> Iterator[tuple[int, list[Cell]]]:
    """Lines with their numbers, of each cell its column (from 1), its value, and what is wrong with it."""
    book, last = reader.wb, 0
    with reader.archive.open(part) as content:
        source = _Counted(content)
        parser = WorkSheetParser(
            source, reader.shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats
        )
        parser.timedelta_formats = book._timedelta_formats
        for row in _elements(source):
            number, cells = parser.parse_row(row)
            parser.row_dimensions.clear()
            if number > most_lines:
                raise too_many_lines()
            if number > last:
                last = number
                yield number, [_cell(element, cell) for element, cell in zip(row, cells, strict=True)]


def _elements(source: _Counted) -> Iterator[Any]:
    """The elements of lines. Nothing else is kept, wherever it stands."""
    path: list[Any] = []
    within, number = 0, 0
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            path.append(element)
            if within or element.tag == ROW_TAG:
                within, number = within or len(path), number + 1
            if number > MOST_ELEMENTS:
                raise too_large()
            continue
        path.pop()
        if within and len(path) >= within:
            continue
        if within:
            yield element
            within = number = 0
        source.read_of_it = 0
        if path:
            path[-1].remove(element)


def _cell(element: Any, cell: dict[str, Any]) -> Cell:
    value = cell["value"]
    if cell["data_type"] == _ERROR:
        return cell["column"], value, _("It holds an error of the spreadsheet.")
    formula = element.find(_FORMULA)
    # An empty text is a result as well.
    if formula is not None and value is None and element.get("t") != "str":
        words = _("It holds a formula whose result is not in the file. Open it in a spreadsheet program and save it.")
        return cell["column"], f"={formula.text or ''}", words
    return cell["column"], value, ""


def _refuse_many_marks(archive: zipfile.ZipFile, part: str) -> None:
    marks = 0
    with archive.open(part) as content:
        while piece := content.read(_PIECE):
            marks += piece.count(b"<")
            if marks > MOST_MARKS:
                raise too_large()


def too_large() -> Unreadable:
    return Unreadable(_("The file unpacks to more than there is room for. Save it as CSV."))
