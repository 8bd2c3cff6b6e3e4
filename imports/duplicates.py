"""Rows of one file that mean the same thing: the first that is taken counts. Found with eight bytes for each row."""

from array import array
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from hashlib import blake2b

from imports.reading.kept_rows import kept_rows


@dataclass(frozen=True)
class Duplicates:
    """What more than one row has in common, and the line of the first of them that was taken, as far as they are."""

    twice: Set[int] = frozenset()
    taken: dict[int, int] = field(default_factory=dict)

    def taken_in(self, identity: str) -> int | None:
        """The line that means the same and was taken; None where there is none."""
        return self.taken.get(_short(identity)) if identity and self.taken else None

    def take(self, identity: str, line: int) -> None:
        if identity and self.twice and (short := _short(identity)) in self.twice:
            self.taken.setdefault(short, line)


def find_duplicates(
    digest: str, identity: Callable[[Sequence[str]], str], *, done: int, refused: Iterator[int]
) -> Duplicates:
    """Reads all rows, and where some mean the same those before `done` (in bytes) once more: they were taken, but for
    the lines `refused`, which come in their order."""
    seen = array("Q", (_short(name) for kept in kept_rows(digest) if (name := identity(kept.row.cells))))
    found = Duplicates(_twice(seen))
    if not found.twice or not done:
        return found
    next_refused = next(refused, None)
    for kept in kept_rows(digest):
        if kept.ends > done:
            break
        while next_refused is not None and next_refused < kept.row.line:
            next_refused = next(refused, None)
        if next_refused != kept.row.line:
            found.take(identity(kept.row.cells), kept.row.line)
    return found


def _twice(seen: array) -> set[int]:
    ordered = array("Q", sorted(seen))
    return {one for place, one in enumerate(ordered) if place and ordered[place - 1] == one}


def _short(identity: str) -> int:
    return int.from_bytes(blake2b(identity.casefold().encode(), digest_size=8).digest(), "big")
