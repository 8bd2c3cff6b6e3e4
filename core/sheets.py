"""Tables for spreadsheet programs: CSV whose cells are never taken for formulas (T66)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# What a spreadsheet program would read as the beginning of a formula, or skip before looking for one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARK = "'"
# Tells spreadsheet programs that the text is UTF-8.
_BOM = "\ufeff"
_PIECE = 64 * 1024


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    out.write(_BOM)
    csv.writer(out).writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same as `csv_of`, piece by piece, for tables that no memory holds."""
    out = io.StringIO()
    out.write(_BOM)
    lines = csv.writer(out)
    for row in rows:
        lines.writerow([guarded(cell) for cell in row])
        if out.tell() > _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def guarded(cell: str) -> str:
    """A text behind an apostrophe where it would be a formula; `unguarded` gives it back."""
    return f"{_MARK}{cell}" if cell.startswith((*_FORMULA, _MARK)) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given, for whoever reads such a table again."""
    return cell.removeprefix(_MARK)
