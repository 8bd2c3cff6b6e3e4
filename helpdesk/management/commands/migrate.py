"""`migrate` as Django has it, after the journal of migrations has been put right."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        forget_what_was_undone(connections[options["database"]])
        super().handle(*args, **options)


def forget_what_was_undone(connection: BaseDatabaseWrapper) -> None:
    """Strike out squashed migrations of which some part has been undone.

    Django strikes out the parts alone. Then it may take the whole for done before what it depends on, and refuse.
    """
    recorder = MigrationRecorder(connection)
    done = recorder.applied_migrations()
    for key, migration in MigrationLoader(None).replacements.items():
        if key in done and not all(part in done for part in migration.replaces):
            recorder.record_unapplied(*key)
