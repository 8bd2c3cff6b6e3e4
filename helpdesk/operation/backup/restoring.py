"""Restoring a backup: all of it, or everything stays as it was.

The present database is set aside under another name and comes back when anything goes wrong. Files are named by their
content: one more in the storage harms nothing.
"""

import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from automation import surveying
from helpdesk.operation.backup.archive import DATABASE, FILES, Damaged, Part, Reader, unreadable_is_damaged
from helpdesk.operation.backup.making import counts, key_mark
from helpdesk.operation.backup.programs import environment, program
from mail.models import Letter, Outgoing

ASIDE = "before_restore"
DRAFT = ".restoring"
HELD = "A backup was restored: this message may have been sent before."


class Refused(Exception):
    """Nothing was changed; the text says why, and what to do."""


def restore_backup(
    stream: IO[bytes], *, replace: bool = False, other_key: bool = False, send: bool = False
) -> dict[str, Any]:
    """Bring back what a backup holds; returns its numbers of rows.

    `replace` allows it where people or tickets are already, `other_key` with another secret key than that of the
    backup, `send` lets mail that waited in the backup go out. Raises `Refused` or `Damaged`; then nothing has changed.
    """
    reader = Reader(stream)
    _require_known_migrations(reader.head["migrations"])
    if not other_key and reader.head["key"] != key_mark():
        raise Refused(
            "This backup was made with another HELPDESK_SECRET_KEY. With the present one, passwords of mailboxes are "
            "lost and replies to old mail no longer find their tickets. Set the old key, or add --other-key."
        )
    _require_nobody_else()
    _bring_back_what_an_interrupted_restore_left()
    if not replace and _is_in_use():
        raise Refused("There are people or tickets here already. To replace all of it, add --replace.")
    with _present_database_set_aside():
        spooled = _restore_parts(reader)
        _require_rows(reader.rows)
        _settle_transactions()
    for path in spooled:
        path.rename(path.with_suffix(""))
    call_command("migrate", interactive=False, verbosity=0)
    if not send:
        _hold_mail()
    return reader.rows


def _require_known_migrations(names: list[str]) -> None:
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    # Apps that went away leave theirs behind; only what our own apps do not know comes from a newer version.
    ours = {name.split(".")[0] for name in known}
    if unknown := [name for name in names if name not in known and name.split(".")[0] in ours]:
        raise Refused(f"This backup was made by a newer version: {', '.join(unknown[:3])} is not known here.")


def _require_nobody_else() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND coalesce(backend_type, 'client backend') = 'client backend'"
        )
        (others,) = cursor.fetchone()
    if others:
        raise Refused("Helpdesk is still running on this database: stop web, worker and mail receiver first.")


def _bring_back_what_an_interrupted_restore_left() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [ASIDE])
        if cursor.fetchone():
            _take_back(cursor)


def _is_in_use() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.accounts_user'), to_regclass('public.tickets_ticket')")
        if None in cursor.fetchone():
            return False
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM accounts_user WHERE system_key IS NULL) "
            "OR EXISTS (SELECT 1 FROM tickets_ticket)"
        )
        return cursor.fetchone()[0]


@contextmanager
def _present_database_set_aside() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
        try:
            yield
        except BaseException:
            _take_back(cursor)
            raise
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def _take_back(cursor: Any) -> None:
    cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
    cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _restore_parts(reader: Reader) -> list[Path]:
    """The database and the files; returns the spool files, not yet under their own names."""
    spooled: list[Path] = []
    try:
        with unreadable_is_damaged(), _pg_restore() as database:
            for part in reader.parts():
                if part.name.startswith(DATABASE):
                    database.write(part.content.read())
                elif part.name.startswith(FILES):
                    _restore_file(part)
                else:
                    spooled.append(_restore_spooled(part))
    except BaseException:
        for path in spooled:
            path.unlink(missing_ok=True)
        raise
    return spooled


@contextmanager
def _pg_restore() -> Iterator[IO[bytes]]:
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password"]
    command = [program("pg_restore"), *options, f"--dbname={connection.settings_dict['NAME']}"]
    with TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stderr=said)  # noqa: S603
        assert process.stdin is not None
        try:
            yield process.stdin
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended and says why
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait() != 0:
            said.seek(0)
            raise Damaged(f"The database could not be restored: {said.read().decode(errors='replace').strip()}")


class _Hashed(File):
    """A file that is hashed while the storage reads it."""

    def __init__(self, part: Part) -> None:
        super().__init__(part.content, name=part.name)  # type: ignore[arg-type]
        self.size = part.size
        self.digest = hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while chunk := self.file.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            self.digest.update(chunk)
            yield chunk


def _restore_file(part: Part) -> None:
    name = part.name.removeprefix(FILES)
    if default_storage.exists(name):
        return
    content = _Hashed(part)
    default_storage.save(name, content)
    if name.startswith("blobs/") and content.digest.hexdigest() != name.rpartition("/")[2]:
        default_storage.delete(name)
        raise Damaged(f"The backup is damaged: {name} does not hold what its name says.")


def _restore_spooled(part: Part) -> Path:
    settings.MAIL_SPOOL.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.MAIL_SPOOL / (part.name.rpartition("/")[2] + DRAFT)
    path.write_bytes(part.content.read())
    return path


def _require_rows(wanted: dict[str, int]) -> None:
    found = counts()
    if wrong := {table: (rows, found.get(table)) for table, rows in wanted.items() if found.get(table) != rows}:
        raise Damaged(f"The backup did not bring back everything: {wrong}.")


def _settle_transactions() -> None:
    """Another server counts transactions from elsewhere: to whoever asks what came since, old rows are long settled."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_event DISABLE TRIGGER tickets_event_append_only")
        cursor.execute(
            "UPDATE tickets_event SET transaction = 0 WHERE transaction >= pg_current_xact_id()::text::bigint"
        )
        cursor.execute("ALTER TABLE tickets_event ENABLE TRIGGER tickets_event_append_only")


def _hold_mail() -> None:
    """What waited when the backup was made has most likely been sent since (F19): a person decides."""
    Outgoing.objects.unfinished().update(
        due_at=None, leased_until=None, parked_at=timezone.now(), state=Outgoing.State.FAILED, last_error=HELD
    )
    Letter.objects.all().delete()
    surveying.hold_back()
