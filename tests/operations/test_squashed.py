"""The migrations that set up an empty database at once make what those one by one made that they replace.

Who comes from an older version goes on through the old ones.
"""

import subprocess
from datetime import datetime

import pytest
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from helpdesk.management.commands.migrate import forget_what_was_undone
from helpdesk.operation.backup.programs import program
from tests.operations.test_backup import Place, at, new_place

__all__ = ["new_place"]

OURS = ("accounts", "api", "automation", "knowledge", "mail", "processes", "reports", "sla", "tickets")
# What a version had that knew no service levels.
OLD_VERSION = (
    ("accounts", "0002_audit_only_grows"),
    ("mail", "0006_messages_of_a_folder"),
    ("tickets", "0009_place_of_a_ticket"),
)
# What the program of that time did: `migrate` takes the short way wherever nothing has been done yet.
ONE_BY_ONE = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.loader.replace_migrations = False
executor.loader.build_graph()
executor.migrate({targets!r} or [key for key in executor.loader.graph.leaf_nodes() if "_squashed" not in key[1]])
"""
SQUASHED = "_squashed"

# Which program dumps the database depends on the version of the server.
pytestmark = pytest.mark.django_db


def test_both_ways_lead_to_the_same_models():
    quick, slow = MigrationLoader(None), MigrationLoader(None, replace_migrations=False)
    for key in slow.replacements:
        slow.graph.nodes.pop(key)
    models, same = (loader.project_state(loader.graph.leaf_nodes()) for loader in (quick, slow))
    assert len(models.models) == len(same.models) > 60
    assert MigrationAutodetector(models, same).changes(quick.graph) == {}
    assert MigrationAutodetector(same, models).changes(quick.graph) == {}


def test_a_squashed_one_names_nothing_that_going_back_may_undo():
    for migration in MigrationLoader(None).replacements.values():
        named = [name for app, name in migration.dependencies if app in OURS]
        assert {name[:4] for name in named} <= {"0001"}, migration
        assert not any(SQUASHED in name for name in named), migration


def test_of_what_was_undone_in_part_the_whole_is_not_done():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("sla", "0001_initial")
    forget_what_was_undone(connection)
    done = {name for app, name in recorder.applied_migrations() if SQUASHED in name and app in OURS}
    assert {name[:20] for name in done} == {"0001_squashed_0007_z", "0001_squashed_0007_w", "0001_squashed_0013_p"}


@pytest.fixture(scope="module")
def fresh(new_place) -> Place:
    place = new_place("fresh")
    said = place.ok("migrate", "--no-input")
    assert said.count(SQUASHED) == 4
    return place


@pytest.fixture(scope="module")
def one_by_one(new_place) -> Place:
    place = new_place("one_by_one")
    place.ok("shell", "-c", ONE_BY_ONE.format(targets=()))
    # What is left are the rows that Django makes after every `migrate`.
    assert "No migrations to apply." in place.ok("migrate", "--no-input")
    return place


@pytest.mark.thorough
def test_tables_indexes_triggers_and_rows_are_the_same(fresh: Place, one_by_one: Place):
    assert _definitions(fresh) == _definitions(one_by_one)
    assert _rows(fresh) == _rows(one_by_one)
    assert _rows(fresh)["tickets_matrixcell"] != []


@pytest.mark.thorough
def test_who_has_all_of_the_old_ones_has_nothing_to_do(one_by_one: Place, new_place):
    place = new_place("complete", like=one_by_one)
    place.execute("DELETE FROM django_migrations WHERE name LIKE '%squashed%'")
    before = _definitions(place)
    assert "No planned migration operations." in place.ok("migrate", "--plan")
    place.ok("migrate", "--check")
    assert "No migrations to apply." in place.ok("migrate", "--no-input")
    assert _definitions(place) == before


@pytest.mark.thorough
def test_an_older_version_goes_on_through_the_old_ones(fresh: Place, new_place):
    place = new_place("older")
    place.ok("shell", "-c", ONE_BY_ONE.format(targets=OLD_VERSION))
    assert place.select("SELECT to_regclass('sla_clock'), to_regclass('tickets_watcher')") == [(None, None)]
    place.execute("INSERT INTO accounts_organisation (name, notes, created_at) VALUES ('Acme', '', now())")
    said = place.ok("migrate", "--no-input")
    assert "accounts.0003" in said
    assert "tickets.0013" in said
    assert "mail.0007" in said
    assert said.count(SQUASHED) == 1  # service levels are new to it
    assert "sla.0001_squashed" in said
    assert _definitions(place) == _definitions(fresh)
    assert place.select("SELECT name FROM accounts_organisation") == [("Acme",)]


@pytest.mark.thorough
def test_back_to_nothing_and_forth(fresh: Place, new_place):
    place = new_place("back", like=fresh)
    place.ok("migrate", "--no-input", "accounts", "zero")
    left = [
        name for (name,) in place.select("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    ]
    assert [name for name in left if name.startswith(OURS)] == []
    assert place.select("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace") == []
    place.ok("migrate", "--no-input")
    assert _definitions(place) == _definitions(fresh)


@pytest.mark.thorough
def test_back_to_an_older_version_keeps_what_it_knows(fresh: Place, new_place):
    place = new_place("backwards", like=fresh)
    place.execute(
        "INSERT INTO accounts_organisation (name, notes, created_at, is_vip) VALUES ('Acme', '', now(), true)"
    )
    for target in (*OLD_VERSION, ("tickets", "0008")):  # service levels lean on 0009
        place.ok("migrate", "--no-input", *target)
    assert place.select("SELECT name FROM accounts_organisation") == [("Acme",)]
    assert place.select("SELECT count(*) FROM tickets_state") == [(9,)]
    place.ok("migrate", "--no-input")
    place.ok("migrate", "--check")
    assert place.select("SELECT name, is_vip FROM accounts_organisation") == [("Acme", False)]


@pytest.mark.thorough
def test_a_start_that_breaks_off_leaves_no_half_done_app(fresh: Place, new_place):
    place = new_place("broken")
    place.ok("migrate", "--no-input", "auth")
    place.execute(
        "CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no power''; END'"
    )
    place.execute(
        "CREATE TRIGGER break_off BEFORE INSERT ON django_migrations FOR EACH ROW "
        "WHEN (NEW.app = 'tickets' AND NEW.name LIKE '0005%') EXECUTE FUNCTION break_off()"
    )
    assert place.manage("migrate", "--no-input").returncode != 0
    assert place.select("SELECT to_regclass('tickets_ticket'), to_regclass('tickets_number')") == [(None, None)]
    assert place.select("SELECT name FROM django_migrations WHERE app = 'tickets'") == []
    place.execute("DROP FUNCTION break_off CASCADE")
    place.ok("migrate", "--no-input")
    assert _definitions(place) == _definitions(fresh)


def _definitions(place: Place) -> list[str]:
    """All that is in the database besides rows, as its own tool writes it: the order of columns too."""
    dump = subprocess.run(  # noqa: S603
        [program("pg_dump"), "--schema-only", "--no-owner", "--no-privileges", at(place.database)],
        capture_output=True,
        check=True,
        text=True,
    )
    # A word that differs each time guards the script.
    return [line for line in dump.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


def _rows(place: Place) -> dict[str, list[tuple]]:
    """All of them, numbers included, but the journal of migrations; of moments only that there is one."""
    return {
        name: [tuple("a moment" if isinstance(value, datetime) else value for value in row) for row in rows]
        for name, rows in place.tables().items()
        if name != "django_migrations"
    }
