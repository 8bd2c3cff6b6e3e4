"""Making a backup while everything runs: the database as of one moment, then the files.

A file is stored before the row that names it and never changes, so files copied after that moment hold all it needs.
"""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from core.secrets import derived_key
from helpdesk.operation.backup.archive import FILES, SPOOL, Writer
from helpdesk.operation.backup.programs import environment, program
from helpdesk.operation.moment import one_moment
from mail import spool

# Counted before and after: if a table comes back with fewer rows, the restore has failed.
COUNTED = (
    "accounts_user",
    "tickets_ticket",
    "tickets_article",
    "tickets_attachment",
    "tickets_event",
    "mail_incoming",
    "mail_outgoing",
)


class Failed(Exception):
    """The backup could not be made."""


def make_backup(stream: IO[bytes], *, compress: bool = False) -> dict[str, Any]:
    """Write a backup to the stream; returns its totals. Needs no more memory for a large installation."""
    writer = Writer(stream, compress=compress)
    writer.head(_facts())
    # Before that moment: whatever is taken into the database meanwhile is in one of the two, or in both.
    for path in spool.waiting():
        with suppress(FileNotFoundError), path.open("rb") as message:
            writer.file(f"{SPOOL}{path.name}", message, size=path.stat().st_size)
    with one_moment():
        _dump_database(writer, snapshot=_shared_moment())
        rows = counts()
    for name in _stored():
        with default_storage.open(name, "rb") as file:
            writer.file(f"{FILES}{name}", file, size=file.size)
    return writer.end(rows)


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in COUNTED}


def key_mark() -> str:
    """Tells whether two installations have the same secret key, without telling anything about the key."""
    return derived_key("mark of a backup").hex()[:32]


def _facts() -> dict[str, Any]:
    migrations = MigrationRecorder(connection).applied_migrations()
    return {
        "made_at": timezone.now().isoformat(),
        "base_url": settings.BASE_URL,
        "postgresql": connection.pg_version,
        "migrations": sorted(".".join(key) for key in migrations),
        "key": key_mark(),
    }


def _shared_moment() -> str:
    """The name under which pg_dump finds our moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return cursor.fetchone()[0]


def _dump_database(writer: Writer, *, snapshot: str) -> None:
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", "--no-password"]
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            [program("pg_dump"), *options], env=environment(), stdout=subprocess.PIPE, stderr=said
        )
        with process:
            assert process.stdout is not None
            writer.database(process.stdout)
        if process.returncode != 0:
            said.seek(0)
            raise Failed(f"The database could not be dumped: {said.read().decode(errors='replace').strip()}")


def _stored() -> Iterator[str]:
    """Every stored file by name, whatever the storage; drafts of files that are just being stored are none."""
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            inner, files = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        prefix = f"{folder}/" if folder else ""
        folders += [f"{prefix}{name}" for name in sorted(inner, reverse=True)]
        yield from (f"{prefix}{name}" for name in sorted(files) if not name.endswith(".part"))


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names from above
    return cursor.fetchone()[0]
