"""Log lines: one JSON object per line, with what they are about, safe against forged line breaks.

A request or a piece of work opens a `scope`; whoever learns more within it, such as the number of the ticket, leaves a
`note`, and every later line of that scope carries it.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_facts: ContextVar[dict[str, object] | None] = ContextVar("facts", default=None)


@contextmanager
def scope(**facts: object) -> Iterator[None]:
    """Log lines within carry these facts and those of the scope around it."""
    mark = _facts.set({**(_facts.get() or {}), **facts})
    try:
        yield
    finally:
        _facts.reset(mark)


def note(**facts: object) -> None:
    """Facts for the later lines of this scope; outside any scope they are of no use and forgotten."""
    known = _facts.get()
    if known is not None:
        known.update(facts)


class LineFormatter(logging.Formatter):
    """JSON escapes line feeds and control characters, so a hostile name cannot write a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **(_facts.get() or {}),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
