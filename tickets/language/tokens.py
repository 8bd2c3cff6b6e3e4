"""A query cut into tokens, each with its place in the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) | (?P<minus>-(?=\S)) |
        (?P<name>[A-Za-z][\w.]*)(?P<sign>[:<>])(?!//) |
        "(?P<phrase>[^"]*)"? | (?P<word>[^\s()"]+)
    )""",
    re.VERBOSE,
)
_VALUE = re.compile(r'"(?P<phrase>[^"]*)"?|(?P<word>[^\s(),"]+)')


class LanguageError(ValueError):
    """The query cannot be read; the trouble is from character `start` to `end`."""

    def __init__(self, message: str, start: int, end: int):
        super().__init__(message)
        self.start, self.end = start, end


@dataclass(frozen=True)
class Token:
    """`kind` is "open", "close", "minus", "not", "or", "word", "phrase", or the sign of a filter: ":", "<", ">"."""

    kind: str
    text: str
    start: int
    end: int
    values: Sequence["Token"] = ()


def tokens_of(query: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while (found := _TOKEN.match(query, position)) and found.end() > position:
        kind = "name" if found["name"] else str(found.lastgroup)
        start, position = found.start(kind), found.end()
        if kind == "name":
            values, position = _values(query, position)
            tokens.append(Token(found["sign"], found["name"], start, position, values))
        elif kind == "word" and found["word"].lower() in ("or", "not"):
            tokens.append(Token(found["word"].lower(), "", start, position))
        else:
            tokens.append(Token(kind, found[kind], start, position))
    return tokens


def _values(query: str, position: int) -> tuple[list[Token], int]:
    values: list[Token] = []
    while found := _VALUE.match(query, position):
        values.append(Token("value", found["phrase"] or found["word"] or "", position, found.end()))
        position = found.end()
        if not query.startswith(",", position):
            break
        position += 1
    return values, position
