"""The drill: an installation with demo people, tickets, files and mail is backed up, wiped and restored."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
KEY = "only-for-this-drill-" + "1" * 40


def at(database: str) -> str:
    """The address of another database on the server of the tests."""
    facts = settings.DATABASES["default"]
    person = f"{quote(facts['USER'])}:{quote(facts['PASSWORD'])}"
    return f"postgresql://{person}@/{database}?host={quote(facts['HOST'])}&port={facts['PORT'] or 5432}"


@dataclass(frozen=True)
class Place:
    """An installation of which only the database and the data folder exist; commands come and go."""

    database: str
    data: Path

    def manage(self, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HELPDESK_", "DJANGO_"))}
        ours = {"DATABASE_URL": at(self.database), "HELPDESK_DATA": str(self.data), "HELPDESK_SECRET_KEY": KEY}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=kept | ours | environment, input=stdin, capture_output=True, check=False
        )

    def ok(self, *arguments: str, stdin: bytes = b"", **environment: str) -> str:
        done = self.manage(*arguments, stdin=stdin, **environment)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def refused(self, *arguments: str, stdin: bytes = b"", **environment: str) -> str:
        done = self.manage(*arguments, stdin=stdin, **environment)
        said = done.stderr.decode()
        assert done.returncode != 0
        assert "Traceback" not in said
        return said

    def select(self, statement: str) -> list[tuple]:
        connection = psycopg2.connect(at(self.database))
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        finally:
            connection.close()

    def execute(self, statement: str) -> None:
        connection = psycopg2.connect(at(self.database))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def files(self) -> dict[str, bytes]:
        folder = self.data / "files"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def tables(self) -> dict[str, list[tuple]]:
        """Every row of every table."""
        names = self.select("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return {name: self.select(f'SELECT * FROM "{name}" ORDER BY 1') for (name,) in names}  # noqa: S608


@pytest.fixture(scope="module")
def new_place(tmp_path_factory) -> Iterator:
    places: list[Place] = []

    def make(name: str, *, like: Place | None = None) -> Place:
        place = Place(f"drill_{name}_{os.getpid()}", tmp_path_factory.mktemp(name))
        places.append(place)
        template = f' TEMPLATE "{like.database}"' if like else ""
        _on_server(f'DROP DATABASE IF EXISTS "{place.database}"', f'CREATE DATABASE "{place.database}"{template}')
        return place

    yield make
    for place in places:
        _on_server(f'DROP DATABASE IF EXISTS "{place.database}" WITH (FORCE)')


def _on_server(*statements: str) -> None:
    connection = psycopg2.connect(at("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            _execute(cursor, statement)
    connection.close()


def _execute(cursor: Any, statement: str) -> None:
    """The server's own cleaning may be in a database, which nobody may end and which is over in a moment."""
    for _turn in range(50):
        try:
            cursor.execute(statement)
        except psycopg2.errors.InsufficientPrivilege:
            time.sleep(0.2)
        else:
            return
    cursor.execute(statement)


@pytest.fixture(scope="module")
def fresh(new_place, pytestconfig) -> Place:
    """An installation in which nothing has happened yet. What the workers of the tests copy for themselves is one."""
    if pattern := getattr(pytestconfig, "workerinput", {}).get("pattern"):
        return new_place("fresh", like=Place(pattern, Path()))
    place = new_place("fresh")
    place.ok("migrate", "--no-input")
    return place


@pytest.fixture(scope="module")
def lived(fresh, new_place) -> Place:
    """The demo world, a mail with a file, a reply that waits for the mail server, a message in the spool."""
    place = new_place("lived", like=fresh)
    place.ok("demo")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "new@customer.example", "support@demo.example", "A picture"
    message["Message-ID"] = "<drill@customer.example>"
    message.set_content("See the picture.")
    message.add_attachment(os.urandom(300_000), maintype="image", subtype="png", filename="picture.png")
    assert '"new"' in place.ok("receive_mail", stdin=message.as_bytes())
    (place.data / "spool").mkdir()
    (place.data / "spool" / "20261121T000000.000000-1-00.eml").write_bytes(b'{"mailbox": ""}\n' + message.as_bytes())
    assert place.select("SELECT count(*) FROM mail_outgoing WHERE due_at IS NOT NULL") != [(0,)]
    assert place.select("SELECT count(*) FROM tickets_attachment") == [(1,)]
    return place


@pytest.fixture(scope="module")
def used(fresh, new_place) -> Place:
    """An installation with one person in it; others are made like it."""
    place = new_place("used", like=fresh)
    place.ok("shell", "-c", "from accounts.people import create_person; create_person(email='x@y.example', name='X')")
    return place


@pytest.fixture(scope="module")
def saved(lived, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "helpdesk.tar.gz"
    lived.ok("backup", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    return path


def test_what_was_wiped_comes_back_whole(lived, saved, new_place):
    wiped = new_place("wiped")
    wiped.ok("restore", str(saved), "--send")
    before, after = lived.tables(), wiped.tables()
    assert before.keys() == after.keys()
    for name in before:
        assert _without_transaction(name, before[name]) == _without_transaction(name, after[name]), name
    assert wiped.files() == lived.files()
    assert [path.name for path in (wiped.data / "spool").iterdir()] == ["20261121T000000.000000-1-00.eml"]
    checked = json.loads(wiped.ok("check_data", "--deep"))
    assert checked["wrong"] == []
    assert checked["tickets"] == len(after["tickets_ticket"]) > 10
    assert checked["events"] == len(after["tickets_event"])


def test_F19_mail_that_waited_is_held_and_new_work_goes_on(lived, saved, new_place):
    place = new_place("held")
    place.ok("restore", str(saved))
    waited = lived.select("SELECT id FROM mail_outgoing WHERE due_at IS NOT NULL ORDER BY id")
    held = place.select("SELECT id FROM mail_outgoing WHERE state = 'failed' AND last_error <> '' ORDER BY id")
    assert waited == held != []
    assert place.select("SELECT count(*) FROM mail_outgoing WHERE due_at IS NOT NULL") == [(0,)]
    numbers = {number for (number,) in place.select("SELECT number FROM tickets_ticket")}
    answer = json.loads(place.ok("receive_mail", stdin=b"From: a@b.example\nTo: support@demo.example\n\nafter"))
    assert answer["outcome"] == "new"
    assert answer["ticket"] not in numbers
    assert json.loads(place.ok("check_data"))["wrong"] == []


def test_through_a_pipe_it_is_the_same(lived, new_place):
    place = new_place("piped")
    stream = lived.manage("backup", "-")
    place.ok("restore", "-", stdin=stream.stdout)
    assert place.select("SELECT count(*) FROM tickets_event") == lived.select("SELECT count(*) FROM tickets_event")


def test_an_installation_in_use_is_replaced_only_when_asked(lived, used, saved, new_place):
    place = new_place("replaced", like=used)
    assert "add --replace" in place.refused("restore", str(saved))
    assert place.select("SELECT email FROM accounts_user WHERE system_key IS NULL") == [("x@y.example",)]
    place.ok("restore", str(saved), "--replace")
    assert place.select("SELECT count(*) FROM accounts_user WHERE email = 'x@y.example'") == [(0,)]
    assert place.select("SELECT count(*) FROM tickets_ticket") == lived.select("SELECT count(*) FROM tickets_ticket")


def test_another_secret_key_is_refused_unless_meant(saved, new_place):
    place = new_place("key")
    other = {"HELPDESK_SECRET_KEY": "another-key-" + "2" * 40}
    assert "add --other-key" in place.refused("restore", str(saved), **other)
    place.ok("restore", str(saved), "--other-key", **other)


def test_while_something_runs_nothing_is_restored(saved, new_place):
    place = new_place("running")
    connection = psycopg2.connect(at(place.database))
    try:
        assert "stop web, worker and mail receiver first" in place.refused("restore", str(saved))
    finally:
        connection.close()


@pytest.mark.parametrize("harm", ["cut off", "dump altered", "file altered", "file left out", "newer"])
def test_a_damaged_backup_changes_nothing(harm, lived, used, saved, new_place, tmp_path):
    place = new_place("safe", like=used)
    damaged = tmp_path / "damaged.tar"
    _write_damaged(saved, damaged, harm)
    said = place.refused("restore", str(damaged), "--replace")
    assert any(word in said for word in ("damaged", "incomplete", "cannot be read", "newer version", "restored")), said
    assert place.select("SELECT email FROM accounts_user WHERE system_key IS NULL") == [("x@y.example",)]
    assert place.select("SELECT nspname FROM pg_namespace WHERE nspname = 'before_restore'") == []
    assert not list((place.data / "spool").glob("*")) if (place.data / "spool").exists() else True
    if harm == "file altered":  # what is not what its name says must not stay
        assert all(place.files()[name] == content for name, content in lived.files().items() if name in place.files())


def test_a_restore_that_was_killed_is_undone_by_the_next(used, saved, new_place):
    place = new_place("killed", like=used)
    place.execute("ALTER SCHEMA public RENAME TO before_restore; CREATE SCHEMA public; CREATE TABLE half (x int)")
    assert "add --replace" in place.refused("restore", str(saved))
    assert place.select("SELECT email FROM accounts_user WHERE system_key IS NULL") == [("x@y.example",)]
    place.ok("restore", str(saved), "--replace")


def test_an_existing_file_is_not_overwritten(lived, saved):
    before = saved.read_bytes()
    assert "exists already" in lived.refused("backup", str(saved))
    assert saved.read_bytes() == before


def test_a_failed_backup_leaves_no_file(lived, tmp_path):
    path = tmp_path / "x.tar"
    assert "nowhere" in lived.refused("backup", str(path), DATABASE_URL=at("nowhere"))
    assert list(tmp_path.iterdir()) == []


def test_names_that_lead_elsewhere_are_refused(saved, new_place, tmp_path):
    place = new_place("names")
    hostile = tmp_path / "hostile.tar"
    _write_damaged(saved, hostile, "name")
    assert "unexpected name" in place.refused("restore", str(hostile))
    assert not (place.data.parent / "evil").exists()


def test_something_else_is_no_backup(new_place, tmp_path):
    place = new_place("other")
    for content in (b"", b"hello", b"\x1f\x8b\x08\x00", os.urandom(20_000)):
        (tmp_path / "x").write_bytes(content)
        said = place.refused("restore", str(tmp_path / "x"))
        assert "cannot be read" in said or "not a backup" in said


def test_T85_the_backup_does_not_hold_the_key(saved):
    with tarfile.open(saved) as tar:
        for member in tar:
            content = tar.extractfile(member)
            assert content is not None
            assert KEY.encode() not in content.read()


def _write_damaged(source: Path, target: Path, harm: str) -> None:
    with tarfile.open(source) as whole, tarfile.open(target, "w") as tar:
        for member in whole:
            content = whole.extractfile(member)
            assert content is not None
            data = content.read()
            if harm == "dump altered" and member.name.startswith("database/"):
                data = data[: len(data) // 2] + bytes(200) + data[len(data) // 2 + 200 :]
            if harm == "newer" and member.name == "head.json":
                head = json.loads(data)
                data = json.dumps(head | {"migrations": [*head["migrations"], "tickets.9999_from_the_future"]}).encode()
            if member.name.startswith("files/"):
                if harm == "file left out":
                    harm = ""
                    continue
                if harm == "file altered":
                    harm, data = "done", b"x" * len(data)
                if harm == "name":
                    harm, member.name = "done", "files/../../evil"
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    if harm == "cut off":
        with target.open("r+b") as file:
            file.truncate(target.stat().st_size // 2)


def _without_transaction(table: str, rows: list[tuple]) -> list[tuple]:
    """Events carry the number of a transaction, which means nothing on another server."""
    return [tuple(value for value in row if not isinstance(value, int)) for row in rows] if "event" in table else rows


@pytest.fixture(scope="module", autouse=True)
def no_leftovers(tmp_path_factory) -> Iterator[None]:
    yield
    shutil.rmtree(tmp_path_factory.getbasetemp() / "backup0", ignore_errors=True)
