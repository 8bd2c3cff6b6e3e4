"""The file of refused rows: as they stood, with the reasons behind them, to be mended and imported again."""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from core.blobs import store_file
from core.sheets import csv_lines
from imports.headings import OF_REFUSALS, own_of
from imports.kinds.all import KINDS
from imports.models import Import, Refusal
from imports.reading.kept_rows import kept_rows


def write_refused(job: Import) -> str:
    """The digest of a CSV with the headings of the file, and a column with the line and one with the reasons."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refused"
        with path.open("wb") as file:
            file.writelines(csv_lines(_lines(job)))
        with path.open("rb") as kept:
            return store_file(kept)[0]


def labels_of(job: Import) -> dict[str, str]:
    """What the columns are called, by key: as in the file, where it has them."""
    labels = {column.key: str(column.label) for column in KINDS[job.what].columns()}
    return labels | {key: heading for key, heading in zip(job.columns, job.headings, strict=False) if key and heading}


def in_words(refusal: Refusal, labels: dict[str, str]) -> str:
    """ "Email: It is empty." """
    label = labels.get(refusal.column, "")
    return f"{label}: {refusal.reason}" if label else refusal.reason


def _lines(job: Import) -> Iterator[Sequence[str]]:
    own = own_of(job.headings)
    yield [*own, *map(str, OF_REFUSALS)]
    labels = labels_of(job)
    refusals = job.refusals.order_by("line", "id").iterator(chunk_size=2000)
    rows = (kept.row for kept in kept_rows(job.lines))
    for line, reasons in groupby(refusals, key=attrgetter("line")):
        row = next(row for row in rows if row.line == line)
        yield [*row.cells[: len(own)], str(line), " ".join(in_words(reason, labels) for reason in reasons)]
