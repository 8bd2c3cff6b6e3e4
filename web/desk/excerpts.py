"""A few words of a text around what somebody searched for, with the hits told apart. Pure."""

import re
from typing import NamedTuple

from core.text import clean_line, fold

_WORD = re.compile(r"\w+")
BEFORE, LENGTH = 40, 160
# Endings change with case, number and tense: of a longer word only the beginning must be the same.
ENDING, STEM = 3, 4


class Piece(NamedTuple):
    text: str
    is_hit: bool


def pieces(text: str, words: str) -> list[Piece]:
    """About `LENGTH` characters around the first hit; empty when the text holds none of the words."""
    starts = tuple(_beginning(word) for word in _WORD.findall(fold(words)) if len(word) > 1)
    first = _first(text, starts) if starts else None
    if first is None:
        return []
    begin = max(0, first - BEFORE)
    cut = clean_line(text[begin : begin + LENGTH * 2], LENGTH)
    return _marked(f"… {cut}" if begin else cut, starts)


def _first(text: str, starts: tuple[str, ...]) -> int | None:
    """Where the first word begins that begins so. Of most texts every letter is folded to one letter, so it stands at
    the same place there; of others (`Straße` is `strasse`) each word is looked at."""
    folded = fold(text)
    if len(folded) == len(text):
        found = re.search(rf"\b(?:{'|'.join(map(re.escape, starts))})", folded)
        if found is None:
            return None
        if (word := _WORD.match(text, found.start())) and fold(word[0]).startswith(starts):
            return found.start()
    return next((word.start() for word in _WORD.finditer(text) if fold(word[0]).startswith(starts)), None)


def _marked(text: str, starts: tuple[str, ...]) -> list[Piece]:
    found, position = [], 0
    for word in _WORD.finditer(text):
        if fold(word[0]).startswith(starts):
            found += [Piece(text[position : word.start()], is_hit=False), Piece(word[0], is_hit=True)]
            position = word.end()
    return [piece for piece in [*found, Piece(text[position:], is_hit=False)] if piece.text]


def _beginning(word: str) -> str:
    return word[: max(STEM, len(word) - ENDING)]
