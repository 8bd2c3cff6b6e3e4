"""What dealing with a mail spends its time with: reading it, the database, files, and the rest, which is our code."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.db import connection

from core import blobs
from mail import intake


@dataclass
class Division:
    """Seconds. `database_ms` is waiting for its answers, commits included; to put a statement together is ours."""

    whole: float = 0.0
    parse: float = 0.0
    database: float = 0.0
    files: float = 0.0
    statements: int = 0

    def as_dict(self) -> dict[str, float]:
        rest = self.whole - self.parse - self.database - self.files
        return {"parse_ms": self.parse, "database_ms": self.database, "files_ms": self.files, "rest_ms": rest}


@contextmanager
def divided() -> Iterator[Division]:
    """Everything that this process does within the block."""
    division = Division()

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                setattr(division, name, getattr(division, name) + time.perf_counter() - started)

        return act

    def ask(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        division.statements += 1
        return timed("database", execute)(sql, params, many, context)

    storage = blobs.DurableFiles
    with (
        connection.execute_wrapper(ask),
        patch.object(connection, "_commit", timed("database", connection._commit)),
        patch.object(intake, "parse_apart", timed("parse", intake.parse_apart)),
        patch.object(storage, "_save", timed("files", storage._save)),
    ):
        started = time.perf_counter()
        yield division
        division.whole = time.perf_counter() - started
