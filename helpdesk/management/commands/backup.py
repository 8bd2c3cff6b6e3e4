"""`backup FILE`: the whole installation in one file, while everything runs."""

import json
import os
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from helpdesk.operation.backup.making import Failed, make_backup
from helpdesk.operation.backup.programs import Missing


class Command(BaseCommand):
    help = (
        "Writes the database, all stored files and waiting mail into FILE, or to standard output with “-”. "
        "The secret key is not in it: keep it apart."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="a new file, compressed if it ends in .gz; “-”: stdout")

    def handle(self, *args, file: str, **options):
        try:
            totals = make_backup(sys.stdout.buffer) if file == "-" else _into(Path(file))
        except (Failed, Missing, DatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stderr.write(json.dumps(totals))


def _into(path: Path) -> dict[str, object]:
    """Complete under its name or not there at all."""
    if path.exists():
        raise CommandError(f"{path} exists already: choose a new file.")
    draft = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            totals = make_backup(stream, compress=path.suffix == ".gz")
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return totals
