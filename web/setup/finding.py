"""Finding one among many rules or macros: all words that were typed stand in what the list says of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from core.text import clean_line

# So many are seen at a glance; from there on the list can be searched.
FEW = 10


@dataclass(frozen=True)
class Finding:
    """`rows` are those found. What is only a part of the whole cannot be put into another order."""

    words: str
    rows: Sequence[Any]
    total: int

    @property
    def is_offered(self) -> bool:
        return bool(self.words) or self.total > FEW


def finding(request: HttpRequest, rows: Sequence[Any], text_of: Callable[[Any], str]) -> Finding:
    """By `?q=`; `text_of` is what the list says of a row."""
    words = clean_line(request.GET.get("q", ""), 100)
    wanted = words.casefold().split()
    found = [row for row in rows if all(word in text_of(row).casefold() for word in wanted)] if wanted else rows
    return Finding(words, found, len(rows))
