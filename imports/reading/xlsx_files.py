"""XLSX: the first sheet, as values. What unpacks to more than there is room for is refused before it is unpacked."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date, datetime, time
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from imports.reading.bounds import MOST_COLUMNS, MOST_LINES, Unread, Unreadable
from imports.reading.sheet_rows import Cell, first_sheet, opened, rows_of, too_large

ZIP = b"PK\x03\x04"
# Unpacked bytes: of a sheet, which is read as it comes, and of what is held in memory.
LARGEST_SHEET, LARGEST_PART, MOST_PARTS = 1024 * 1024 * 1024, 64 * 1024 * 1024, 2000
_PIECE = 64 * 1024
# What openpyxl raises for sheets that are not as they should be.
_BROKEN = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    zlib.error,
)

Line = tuple[int, Sequence[str]]


def is_xlsx(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(4) == ZIP


def read_xlsx(file: IO[bytes]) -> Iterator[Line]:
    """The lines of the first sheet with their numbers, cells as texts: dates as ISO 8601, numbers without needless
    zeros. Raises `Unreadable`."""
    file.seek(0)
    try:
        _refuse_bombs(file)
        # Entities and DTDs are refused by defusedxml, which openpyxl uses where it is there.
        book = opened(file)
        try:
            yield from _lines(rows_of(book, first_sheet(book), most_lines=MOST_LINES))
        finally:
            book.archive.close()
    except Unreadable:
        raise
    except (zipfile.BadZipFile, InvalidFileException, ParseError, *_BROKEN) as error:
        raise Unreadable(_why(error)) from error


def _why(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, DefusedXmlException):
            return _("The file holds XML entities, which no spreadsheet needs. It is not read.")
        error = error.__cause__ or error.__context__
    return _("The file is damaged, or no XLSX. Open it in a spreadsheet program and save it anew.")


def _lines(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[Line]:
    """No line is unfolded further than the heading goes, and one cell more, which says that it goes on."""
    width = 0
    for number, cells in rows:
        most = width + 1 if width else MOST_COLUMNS + 1
        line = [""] * most
        for column, value, trouble in cells:
            if 1 <= column <= most:
                text = _text(value)
                line[column - 1] = Unread(text, trouble) if trouble else text
        if not width:
            width = max((place for place, text in enumerate(line, start=1) if text), default=0)
            line = line[:width]
        yield number, line


def _refuse_bombs(file: IO[bytes]) -> None:
    """By what the archive says of each part, and, of those that are read whole, by whether that is true."""
    archive = zipfile.ZipFile(file)
    parts = archive.infolist()
    sheets = sum(part.file_size for part in parts if "worksheets/" in part.filename)
    others = [part for part in parts if "worksheets/" not in part.filename]
    largest = max((part.file_size for part in others), default=0)
    if sheets > LARGEST_SHEET or largest > LARGEST_PART or len(parts) > MOST_PARTS:
        raise too_large()
    for part in others:
        if _unpacked(archive, part) > part.file_size:
            raise too_large()


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many bytes a part really has, up to one more than it says: read whole, it would be unpacked beyond that."""
    honest = copy(part)
    honest.file_size, honest.CRC = part.file_size + 1, None  # type: ignore[assignment]  # no sum is compared then
    size = 0
    with archive.open(honest) as content:
        while piece := content.read(_PIECE):
            size += len(piece)
    return size


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
