"""matrix.toml as Python values: rows, and what they expect of whom."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGES = ("common", "desk", "portal", "setup")
# For programs: what may not be done is told by a code, and an address needs no page of its own.
DOORS = ("api", "otrs")
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Row:
    """What the table says of one route. `variant` tells apart things that can be sent there."""

    section: str
    name: str
    variant: str
    kind: str | None
    methods: dict[str, list[tuple[str, int]]]

    @property
    def label(self) -> str:
        return f"{self.name}#{self.variant}" if self.variant else self.name

    def expected(self, method: str, person: str, relation: str) -> int | None:
        """The status for a person who is let in; None for everybody else. 405 for what is not listed."""
        if method not in self.methods:
            return 405
        return next(
            (status for audience, status in self.methods[method] if belongs(person, audience, relation)),
            None,
        )


@cache
def people() -> tuple[str, ...]:
    return tuple(_document()["people"].split())


@cache
def rows() -> tuple[Row, ...]:
    document = _document()
    return tuple(
        _row(section, key, dict(facts)) for section in (*PAGES, *DOORS) for key, facts in document[section].items()
    )


@cache
def belongs(person: str, audience: str, relation: str) -> bool:
    if relation == "nowhere":
        return False
    found = _document()["audience"][audience]
    marks = found if isinstance(found, str) else found.get(relation, "")
    columns = marks.split()
    assert len(columns) in (0, len(people())), f"{audience} {relation} has {len(columns)} columns"
    return bool(columns) and columns[people().index(person)] == "x"


def _row(section: str, key: str, facts: dict) -> Row:
    name, _hash, variant = key.partition("#")
    kind = facts.pop("on", None)
    methods = {method: [_expectation(text) for text in _list(value)] for method, value in facts.items()}
    assert methods.keys() <= set(METHODS), f"{key} names no method"
    if "GET" in methods and section != "otrs":
        methods.setdefault("HEAD", methods["GET"])
    return Row(section, name, variant, kind, methods)


def _expectation(text: str) -> tuple[str, int]:
    audience, status = text.split()
    assert audience in _document()["audience"], f"there is no audience {audience}"
    return audience, int(status)


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@cache
def _document() -> dict:
    return tomllib.loads((Path(__file__).parent / "matrix.toml").read_text())
