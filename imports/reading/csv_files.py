"""CSV as it comes: UTF-8, UTF-16 or Windows-1252; commas, semicolons, tabs or bars; found out, not asked for."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import IO

from django.utils.translation import gettext as _

from core.sheets import guarded, unguarded
from imports.reading.bounds import LONGEST_LINE, MOST_COLUMNS, Unreadable

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What a text holds besides letters.
_HARMLESS = frozenset(b"\t\n\r\f\0\x1a")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Line = tuple[int, Sequence[str]]


def read_csv(file: IO[bytes]) -> Iterator[Line]:
    """The lines with their numbers; numbers are of lines of the text, as an editor counts them. Raises `Unreadable`."""
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield from _lines(text, delimiter_of(text.read(SAMPLE)))
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is neither UTF-8, UTF-16 nor Windows-1252. Save it as UTF-8.")) from error
    finally:
        text.detach()


def encoding_of(file: IO[bytes]) -> str:
    """By its mark, else UTF-8 where all of it is, else Windows-1252. Raises `Unreadable` for what is no text."""
    file.seek(0)
    start = file.read(SAMPLE)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if start.startswith(_OLD_EXCEL):
        raise Unreadable(_("This is an old Excel file (XLS). Save it as XLSX or CSV."))
    if (wide := _wide(start)) is not None:
        return wide
    if sum(byte < 32 and byte not in _HARMLESS for byte in start) > len(start) / 100:
        raise Unreadable(_("This is neither CSV nor XLSX."))
    return "utf-8" if _is_utf8(file) else "cp1252"


def delimiter_of(sample: str) -> str:
    """What divides the first line that holds anything into most cells; Excel may say so itself (`sep=;`)."""
    first = sample.lstrip("\ufeff").split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    return max(DELIMITERS, key=lambda mark: (_width(sample, mark), -DELIMITERS.index(mark)))


def _lines(text: io.TextIOWrapper, delimiter: str) -> Iterator[Line]:
    text.seek(0)
    pieces = _Pieces(text)
    # Else a quotation mark that is never closed would take the rest of the file into one cell, unseen.
    rows = csv.reader(pieces, delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in rows:
            number, before, pieces.size = before + 1, rows.line_num, 0
            if len(cells) > MOST_COLUMNS:  # what is beyond them is one cell at most: enough to tell of it
                cells = [*cells[:MOST_COLUMNS], next(filter(None, cells[MOST_COLUMNS:]), "")]
            if number == 1 and len(cells) and cells[0].lstrip("\ufeff").lower().startswith("sep=") and len(cells) < 3:
                continue
            yield number, [_own(cell) for cell in cells]
    except csv.Error as error:
        words = {"line": before + 1}
        text_of_it = _("Line %(line)s cannot be read: it is too long, or a quotation mark is missing at its end.")
        raise Unreadable(text_of_it % words) from error


class _Pieces:
    """Lines of the text for the reader, which makes one of several where quotation marks go on. Raises `csv.Error`."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text, self.size = text, 0

    def __iter__(self) -> Iterator[str]:
        while piece := self.text.readline(LONGEST_LINE + 1):
            self.size += len(piece)
            if self.size > LONGEST_LINE:
                raise csv.Error("line is too long")
            yield piece


def _own(cell: str) -> str:
    """Our own files hide what would be a formula behind an apostrophe (T66): it comes back as it was."""
    return unguarded(cell) if cell.startswith("'") and guarded(cell[1:]) == cell else cell


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ordinary text is 0."""
    pairs = max(len(start) // 2, 1)
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(start) > 3 and start[offset::2].count(0) > pairs * 0.4 and start[1 - offset :: 2].count(0) < pairs * 0.1:
            return encoding
    return None


def _is_utf8(file: IO[bytes]) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(SAMPLE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _width(sample: str, delimiter: str) -> int:
    try:
        rows = csv.reader(io.StringIO(sample), delimiter=delimiter)
        return next((len(cells) for cells in rows if any(cell.strip() for cell in cells)), 0)
    except csv.Error:
        return 0
