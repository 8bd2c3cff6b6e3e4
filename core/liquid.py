"""Texts that administrators write: Liquid, with no way to anything but the values handed in."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.undefined import Undefined


class _Bounded(Environment):
    """No text an administrator writes keeps a worker busy, or fills its memory (T64)."""

    loop_iteration_limit = 10_000
    output_stream_limit = 1_000_000  # bytes
    local_namespace_limit = 1_000_000


def _as_json(value: Any) -> str:
    """A value inside JSON, whatever signs it has; what is not there is null."""
    return "null" if isinstance(value, Undefined) else json.dumps(value, ensure_ascii=False, default=str)


_environment = _Bounded(undefined=Undefined, autoescape=False)
_environment.add_filter("json", _as_json)


@dataclass(frozen=True)
class Place:
    """Where a template cannot be read: line and column count from 1, `text` is the line."""

    line: int
    column: int
    text: str

    @property
    def before(self) -> str:
        return self.text[: self.column - 1]

    @property
    def after(self) -> str:
        return self.text[self.column - 1 :]


class TemplateError(ValueError):
    """The template cannot be read; the message is one plain line. `place` is None where that is not known."""

    def __init__(self, message: str, place: Place | None):
        super().__init__(message)
        self.place = place


def in_words(error: TemplateError) -> str:
    """What is wrong with a template, and where."""
    if error.place is None:
        return _("This cannot be read: %(reason)s") % {"reason": error}
    words = {"line": error.place.line, "column": error.place.column, "reason": error}
    return _("Line %(line)s, character %(column)s cannot be read: %(reason)s") % words


def render(template: str, values: dict[str, Any]) -> str:
    """The text with its placeholders filled. A name that is not there becomes empty.

    Raises `TemplateError` with a plain message when the template cannot be read.
    """
    try:
        return _environment.from_string(template).render(**values)
    except LiquidError as error:
        raise TemplateError(str(error.message), _place_of(error)) from error


def _place_of(error: LiquidError) -> Place | None:
    try:
        found = error.context()
    except ValueError:  # the place is behind the end
        return None
    if found is None:
        return None
    line, column, _previous, text, _next = found
    return Place(line, column + 1, text)
