"""Whether words that only the team has read are about to reach a customer. Pure."""

import re
from collections.abc import Iterable

from core.text import fold

# Shorter pieces stand in many texts by chance: greetings, names, "I will look into it".
LEAST = 25
_PIECES = re.compile(r"(?<=[.!?:;])\s+|\n+")
_QUOTE_MARKS = re.compile(r"^[>\s]+", re.MULTILINE)


def internal_passage(text: str, internal: Iterable[str], public: Iterable[str]) -> str:
    """The first sentence or line of the `internal` texts that stands in `text` too, as it was written; else empty.

    What the customer has read anyway, because one of the `public` texts says it, is no secret.
    """
    written = _smooth(text)
    found = [piece for note in internal for piece in _pieces(note) if _smooth(piece) in written]
    if not found:
        return ""
    known = [_smooth(message) for message in public]
    return next((piece for piece in found if not any(_smooth(piece) in message for message in known)), "")


def _pieces(text: str) -> list[str]:
    pieces = (piece.strip() for piece in _PIECES.split(_QUOTE_MARKS.sub("", text)))
    return [piece for piece in pieces if len(_smooth(piece)) >= LEAST]


def _smooth(text: str) -> str:
    """Without what copying changes: quote marks, breaks of lines, capitals."""
    return " ".join(fold(_QUOTE_MARKS.sub("", text)).split())
