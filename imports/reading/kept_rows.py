"""The rows of a file as they were read, kept as lines of JSON: read again from any place, as often as needed."""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.blobs import open_blob, store_file
from imports.reading.sources import Row, Source

TOLD_EVERY = 5_000


@dataclass(frozen=True)
class KeptRow:
    """`ends` is where the next one begins, in bytes."""

    row: Row
    ends: int


def keep_rows(source: Source, tell: Callable[[int], None]) -> tuple[str, int]:
    """The digest of what was kept, and how many rows there are. `tell` hears how far it is. Raises `Unreadable`."""
    number = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        with path.open("w", encoding="utf-8") as file:
            for number, row in enumerate(source.rows, start=1):
                file.write(json.dumps([row.line, row.cells, row.fault, row.place, row.unread]) + "\n")
                if number % TOLD_EVERY == 0:
                    tell(number)
        with path.open("rb") as kept:
            digest, _size = store_file(kept)
    return digest, number


def kept_rows(digest: str, *, offset: int = 0) -> Iterator[KeptRow]:
    """From a place on that a row has said (`ends`), or from the beginning."""
    with open_blob(digest) as file:
        file.seek(offset)
        # Iterated over, files of Django begin anew.
        while line := file.readline():
            offset += len(line)
            yield KeptRow(Row(*json.loads(line)), offset)
