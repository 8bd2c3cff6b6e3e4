"""The words somebody searches for, as a query of PostgreSQL's full-text search over several languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import fold
from tickets.passages import STEMMERS

MAX_QUERY = 200
_WITH_MINUS = re.compile(r'(?<!\S)-(?:"[^"]*"|[^\s"]+)')
# The last word, which may be a beginning: it stands alone, outside of quotation marks.
_LAST = re.compile(r"(?<!\S)(\w{3,})\Z")


@dataclass(frozen=True)
class Sql:
    text: str
    values: Sequence[Any]


def parted(text: str) -> tuple[str, str]:
    """The words to find, and those with a minus as alternatives."""
    text = text[:MAX_QUERY].replace("\x00", " ")
    unwanted = " or ".join(word[1:] for word in _WITH_MINUS.findall(text))
    return _WITH_MINUS.sub(" ", text).strip(), unwanted


def as_query(text: str) -> Sql:
    """Any variant of the words, for languages cut words differently; the last one may go on."""
    exact = variants(text)
    last = _LAST.search(text) if text.count('"') % 2 == 0 else None
    rest = text[: last.start()].rstrip() if last else ""
    if last is None or rest.lower().endswith((" or", '"')):
        return exact
    before = variants(rest)
    going_on = f"({before.text}) && to_tsquery('simple', %s)"
    return Sql(f"({exact.text}) || ({going_on})", [*exact.values, *before.values, f"{fold(last[1])}:*"])


def variants(text: str) -> Sql:
    """As the words are written, and by the stems of each language."""
    stems = [f"websearch_to_tsquery('{stemmer}', %s)" for stemmer in STEMMERS.values()]
    every = ["websearch_to_tsquery('simple', %s)", *stems]
    return Sql(" || ".join(every), [fold(text), *[text] * len(stems)])
