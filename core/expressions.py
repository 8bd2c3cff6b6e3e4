"""Regular expressions that administrators write: bounded in length and in time (T64)."""

from typing import Any

import regex

MAX_EXPRESSION = 1_000


class BadExpression(ValueError):  # noqa: N818
    """An expression that cannot be read; its text says why."""


def compiled(expression: str) -> Any:
    """Without regard to case, lines on their own. Search it with a `timeout`. Raises `BadExpression`."""
    if len(expression) > MAX_EXPRESSION:
        raise BadExpression("too long")
    try:
        return regex.compile(expression, regex.IGNORECASE | regex.MULTILINE | regex.VERSION0)
    except (regex.error, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise BadExpression(str(error) or type(error).__name__) from error
