"""Rows of one file that mean the same thing: the first counts. Found with eight bytes for each row."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from imports.reading.kept_rows import kept_rows


@dataclass(frozen=True)
class Duplicates:
    """The line of the first row, by what more than one row has in common."""

    first: dict[int, int] = field(default_factory=dict)

    def first_of(self, identity: str, line: int) -> int | None:
        """The line before this one that means the same; None where there is none."""
        found = self.first.get(_short(identity)) if identity and self.first else None
        return found if found is not None and found < line else None


def find_duplicates(digest: str, identity: Callable[[Sequence[str]], str]) -> Duplicates:
    """Reads all rows, and once more only where some mean the same."""
    seen = array("Q", (_short(name) for kept in kept_rows(digest) if (name := identity(kept.row.cells))))
    twice = _twice(seen)
    if not twice:
        return Duplicates()
    first: dict[int, int] = {}
    for kept in kept_rows(digest):
        name = identity(kept.row.cells)
        if name and (short := _short(name)) in twice:
            first.setdefault(short, kept.row.line)
    return Duplicates(first)


def _twice(seen: array) -> set[int]:
    ordered = array("Q", sorted(seen))
    return {one for place, one in enumerate(ordered) if place and ordered[place - 1] == one}


def _short(identity: str) -> int:
    return int.from_bytes(blake2b(identity.casefold().encode(), digest_size=8).digest(), "big")
