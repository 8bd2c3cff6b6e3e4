"""`bin/manage receive_mail` with the servers really gone: the message is on the disk before the exit code says so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk.embedded import manage
from helpdesk.embedded.console import Trouble
from helpdesk.embedded.places import ROOT, Places
from helpdesk.embedded.services import stop_services

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("embedded services")]

LETTER = b"From: Dana <dana@acme.example>\r\nTo: support@demo.example\r\nSubject: Printer\r\n\r\nIt hums.\r\n"
ELSEWHERE = ("HELPDESK_", "DATABASE_", "REDIS_", "DJANGO_")
SWEEP = "from mail import tasks; tasks.sweep_incoming()"


@pytest.fixture
def places(tmp_path: Path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    places = Places(private / "data")
    yield places
    stop_services(places)


def run(places: Places, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess:
    """`bin/manage` on this data folder; variables named here are set, as an administrator would."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ELSEWHERE)}
    return subprocess.run(
        [sys.executable, "-P", "-m", "helpdesk.embedded.manage", *arguments],
        env={**inherited, "PYTHONPATH": str(ROOT), "HELPDESK_DATA": str(places.data), **environment},
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def take(places: Places, **environment: str) -> tuple[int, dict | None]:
    done = run(places, "receive_mail", stdin=LETTER, **environment)
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def spooled(places: Places) -> list[bytes]:
    return [path.read_bytes() for path in (places.data / "spool").glob("*.eml")]


def test_with_a_database_that_cannot_start_the_message_is_kept_and_the_next_start_brings_it_in(places):
    assert run(places, "migrate").returncode == 0
    control = places.postgres / "global" / "pg_control"
    aside = control.with_name("pg_control.aside")
    control.rename(aside)  # the database is there, and cannot start

    code, report = take(places)
    assert code == 0
    assert (report["outcome"], report["ticket"]) == ("accepted", None)
    assert spooled(places) == [b'{"mailbox": ""}\n' + LETTER]

    aside.rename(control)
    assert json.loads(run(places, "mail_ledger").stdout)["spooled"] == 1
    brought_in = run(places, "shell", "-c", SWEEP)
    assert brought_in.returncode == 0, brought_in.stderr.decode()
    assert spooled(places) == []
    counts = json.loads(run(places, "mail_ledger").stdout)
    assert (counts["received"], counts["waiting"], counts["spooled"]) == (1, 1, 0)


def test_with_a_database_elsewhere_that_does_not_answer_the_message_is_kept(places):
    code, report = take(
        places, DATABASE_URL=f"postgresql:///helpdesk?host={places.data}", REDIS_URL="redis://127.0.0.1:1"
    )
    assert (code, report["outcome"]) == (0, "accepted")
    assert len(spooled(places)) == 1


def test_with_no_place_for_it_either_the_mail_server_keeps_the_message(places, tmp_path):
    file = tmp_path / "file"
    file.write_text("no folder")
    assert take(Places(file / "data")) == (75, None)
    (places.data / "postgres").mkdir(parents=True)
    (places.data / "spool").write_text("no folder")
    assert take(places) == (75, None)


def test_other_commands_say_what_is_wrong_and_do_not_run(places):
    (places.data / "postgres").mkdir(parents=True)
    done = run(places, "mail_ledger")
    assert (done.returncode, done.stdout) == (75, b"")
    assert b"PostgreSQL did not start" in done.stderr


@pytest.mark.parametrize(("code", "answer"), [(0, 0), (65, 65), (75, 75), (1, 75), (2, 75), (137, 75), (143, 75)])
def test_whatever_ends_the_pipe_unexpectedly_is_a_temporary_failure(places, monkeypatch, code, answer):
    def cannot(_places):
        raise Trouble("no servers here")

    monkeypatch.setenv("HELPDESK_DATA", str(places.data))
    monkeypatch.setattr(manage, "services", cannot)
    monkeypatch.setattr(manage, "run_in_foreground", lambda command, *, environment: code)
    places.make()
    assert manage.main(["receive_mail"]) == answer
    with pytest.raises(Trouble):
        manage.main(["mail_ledger"])
