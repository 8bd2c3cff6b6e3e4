"""`restore FILE`: brings back what `backup` wrote."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from helpdesk.operation.backup.archive import Damaged
from helpdesk.operation.backup.programs import Missing
from helpdesk.operation.backup.restoring import Refused, restore_backup


class Command(BaseCommand):
    help = (
        "Restores a backup from FILE, or from standard input with “-”, while nothing else runs. "
        "Mail that waited in the backup is held back, because it may have been sent since."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="what `backup` wrote; “-”: stdin")
        parser.add_argument("--replace", action="store_true", help="replace an installation that is in use")
        parser.add_argument("--other-key", action="store_true", help="although the secret key is another one")
        parser.add_argument("--send", action="store_true", help="send the mail that waited in the backup")

    def handle(self, *args, file: str, replace: bool, other_key: bool, send: bool, **options):
        try:
            with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
                rows = restore_backup(stream, replace=replace, other_key=other_key, send=send)
        except (Refused, Damaged, Missing, DatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stderr.write(json.dumps(rows))
