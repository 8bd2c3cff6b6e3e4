"""The format of a backup: a tar file that is written and read front to back, so that it fits through a pipe.

head.json            when and of what it was made, and for which key
spool/…              messages that waited for the database
database/00000001 …  the dump of the database in parts
files/…              stored files
end.json             totals; without it the backup is incomplete
"""

import hashlib
import io
import json
import tarfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

FORMAT = 1
HEAD, END = "head.json", "end.json"
DATABASE, FILES, SPOOL = "database/", "files/", "spool/"
PART = 8 * 1024 * 1024


class Damaged(Exception):
    """The backup cannot be used; the text says why."""


class Writer:
    """Writes a backup in its order and keeps the totals."""

    def __init__(self, stream: IO[bytes], *, compress: bool) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|gz" if compress else "w|")  # noqa: SIM115
        self._dump = hashlib.sha256()
        self._totals = {"database_parts": 0, "database_bytes": 0, "files": 0, "file_bytes": 0}

    def head(self, facts: dict[str, Any]) -> None:
        self._add_json(HEAD, {"format": FORMAT, **facts})

    def database(self, dump: IO[bytes]) -> None:
        """The dump, read to its end; its length need not be known."""
        while part := _read_full(dump, PART):
            self._dump.update(part)
            self._totals["database_parts"] += 1
            self._totals["database_bytes"] += len(part)
            self._add(f"{DATABASE}{self._totals['database_parts']:08}", io.BytesIO(part), size=len(part))

    def file(self, name: str, content: IO[bytes], *, size: int) -> None:
        self._add(name, content, size=size)
        self._totals["files"] += 1
        self._totals["file_bytes"] += size

    def end(self, counts: dict[str, int]) -> dict[str, Any]:
        """Close the backup with the numbers of rows it must bring back; returns its totals."""
        totals = {**self._totals, "database_sha256": self._dump.hexdigest(), "rows": counts}
        self._add_json(END, totals)
        self._tar.close()
        return totals

    def _add_json(self, name: str, value: dict[str, Any]) -> None:
        text = json.dumps(value, indent=1).encode()
        self._add(name, io.BytesIO(text), size=len(text))

    def _add(self, name: str, content: IO[bytes], *, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, int(time.time()), 0o600
        self._tar.addfile(member, content)


@dataclass(frozen=True)
class Part:
    """One file of the backup; its content must be read before the next part is asked for."""

    name: str
    size: int
    content: IO[bytes]


class Reader:
    """Reads a backup in its order and checks the totals at its end. Everything may raise `Damaged`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._dump = hashlib.sha256()
        self._totals = {"database_parts": 0, "database_bytes": 0, "files": 0, "file_bytes": 0}
        self.rows: dict[str, int] = {}
        self._members = self._read(stream)
        first = next(self._members, None)
        if first is None or first.name != HEAD:
            raise Damaged("This is not a backup of Helpdesk.")
        self.head = _json(first)
        if self.head.get("format") != FORMAT:
            raise Damaged("This backup has a format that this version does not know.")

    def parts(self) -> Iterator[Part]:
        """Everything between head and end; ends only when the end was there and the totals are right."""
        for part in self._members:
            if part.name == END:
                self._check(_json(part))
                return
            if part.name.startswith(DATABASE):
                yield self._counted(part)
            elif _is_plain(part.name):
                yield part
                self._totals["files"] += 1
                self._totals["file_bytes"] += part.size
            else:
                raise Damaged(f"The backup holds a file with an unexpected name: {part.name!r}.")
        raise Damaged("The backup is incomplete: its end is missing.")

    def _counted(self, part: Part) -> Part:
        data = part.content.read()
        self._dump.update(data)
        self._totals["database_parts"] += 1
        self._totals["database_bytes"] += len(data)
        return Part(part.name, part.size, io.BytesIO(data))

    def _check(self, totals: dict[str, Any]) -> None:
        self.rows = totals.pop("rows", {})
        if totals != {**self._totals, "database_sha256": self._dump.hexdigest()}:
            raise Damaged("The backup is damaged: it does not hold what its end says.")

    def _read(self, stream: IO[bytes]) -> Iterator[Part]:
        with unreadable_is_damaged(), tarfile.open(fileobj=stream, mode="r|*") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is None:
                    raise Damaged(f"The backup holds something that is not a file: {member.name!r}.")
                yield Part(member.name, member.size, content)


@contextmanager
def unreadable_is_damaged() -> Iterator[None]:
    """For whoever reads a part: a backup that breaks off in the middle of it is damaged, too."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise Damaged(f"The backup cannot be read: {error}") from error


def _json(part: Part) -> dict[str, Any]:
    try:
        return json.loads(part.content.read())
    except ValueError as error:
        raise Damaged(f"{part.name} of the backup cannot be read.") from error


def _is_plain(name: str) -> bool:
    """A name below `files/` or `spool/` that cannot lead anywhere else (T59)."""
    steps = name.split("/")
    return steps[0] in ("files", "spool") and len(steps) > 1 and not {"", ".", ".."} & set(steps) and "\\" not in name


def _read_full(stream: IO[bytes], size: int) -> bytes:
    """Exactly `size` bytes unless the stream ends: a pipe hands out less at a time."""
    pieces, left = [], size
    while left and (piece := stream.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
