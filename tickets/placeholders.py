"""What higher apps add to the placeholders of a text (settings.PLACEHOLDERS), such as texts in several languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from tickets.models import Queue


@dataclass(frozen=True)
class Reader:
    """For whom a text is filled: the language that is spoken with him, and the queue that speaks."""

    language: str = ""
    queue: Queue | None = None


@dataclass(frozen=True)
class Source:
    """`names(values)` are its placeholders with an example each, as the editors of texts offer them beside those of
    `values`; `values(known, reader)` is what they stand for in a text that knows `known`. Both only plain texts,
    so that nothing can be reached through them (T58)."""

    label: str | Promise
    names: Callable[[Mapping[str, Any]], Mapping[str, str]]
    values: Callable[[Mapping[str, Any], Reader], Mapping[str, Any]]


def extended(values: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """The values of a text and what the sources add to them; a name of its own goes first."""
    known = dict(values)
    for source in sources():
        known = {**source.values(known, reader), **known}
    return known


def examples_of(names: Mapping[str, str], language: str = "") -> dict[str, Any]:
    """Every placeholder with its example, as templates take them, and what the sources add: to try a text before it is
    used, by default in the active language."""
    nested: dict[str, Any] = {}
    for name, example in names.items():
        thing, _dot, part = name.partition(".")
        if part:
            nested.setdefault(thing, {})[part] = example
        else:
            nested[thing] = example
    return extended(nested, Reader(language or get_language() or settings.LANGUAGE_CODE))


def offered(names: Mapping[str, str]) -> list[tuple[str | Promise, Mapping[str, str]]]:
    """What an editor offers: the text's own placeholders (without a heading), then those of each source under its."""
    known = examples_of(names)
    added = [(source.label, source.names(known)) for source in sources()]
    return [("", names), *((label, more) for label, more in added if more)]


@cache
def sources() -> Sequence[Source]:
    return [import_string(name) for name in settings.PLACEHOLDERS]
