"""Data from before: the tables of an older version with tickets in them, brought up to date and back again."""

import json
import shutil

import pytest

from tests.conftest import THOROUGH
from tests.operations.test_backup import Place, fresh, lived, new_place

__all__ = ["fresh", "lived", "new_place"]

APPS = ("tickets", "mail", "accounts", "api")
# As `migrate` does it for one app after the other, in one process that puts the models of old together but once.
GO_BACK = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate({targets!r})
"""


@pytest.fixture
def old(lived: Place, new_place) -> Place:
    """A copy of a lived-in installation, its files too."""
    place = new_place("old", like=lived)
    shutil.copytree(lived.data, place.data, dirs_exist_ok=True)
    return place


def migrations(place: Place) -> dict[str, list[str]]:
    rows = place.select("SELECT app, name FROM django_migrations ORDER BY app, name")
    return {app: [name for owner, name in rows if owner == app] for app in APPS}


def first_kept(names: list[str]) -> str:
    """At night all but the first ones, which make the tables, the history and the stock rows; by day the newest two."""
    return [name for name in names if name < "0003" or not (THOROUGH or name in names[-2:])][-1]


def test_migrations_go_back_and_forth_with_data_in_place(lived: Place, old: Place):
    before = lived.tables()
    newest = migrations(old)
    oldest = {app: first_kept(newest[app]) for app in APPS}
    targets = [(app, name) for app, name in oldest.items() if name != newest[app][-1]]
    assert len(targets) > 2
    old.ok("shell", "-c", GO_BACK.format(targets=targets))
    assert all(migrations(old)[app][-1] == oldest[app] for app, _name in targets)
    old.ok("migrate", "--no-input")
    assert migrations(old) == newest
    after = old.tables()
    for table in ("tickets_ticket", "tickets_article", "tickets_event", "accounts_user", "mail_incoming"):
        assert len(after[table]) == len(before[table]) > 0, table
    assert json.loads(old.ok("check_data"))["wrong"] == []


def test_the_start_says_when_migrations_are_missing(old: Place):
    newest = migrations(old)["mail"]
    old.ok("migrate", "mail", newest[-2])
    assert old.manage("migrate", "--check").returncode == 1
    assert f"mail.{newest[-1]}" in old.ok("migrate", "--plan")
    old.ok("migrate", "--no-input")
    old.ok("migrate", "--check")
