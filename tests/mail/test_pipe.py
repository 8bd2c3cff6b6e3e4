"""The pipe: `receive_mail`, its spool while the database is away, and the small commands beside it."""

import io
import json
import os
import stat
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from core import blobs
from mail import intake, spool, tasks
from mail.models import Account, Incoming
from tests.mail.mails import raw_mail
from tickets.models import Ticket

pytestmark = pytest.mark.usefixtures("own_store")


@pytest.fixture
def pipe(monkeypatch, capsys, spool_folder):
    """`pipe(raw, "--mailbox", ...)`: what the command printed, as JSON, and its exit code."""

    def run(raw: bytes, *arguments: str, command: str = "receive_mail"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        code = 0
        try:
            call_command(command, *arguments)
        except SystemExit as ended:
            code = ended.code
        printed = capsys.readouterr().out
        assert printed.count("\n") <= 1
        return json.loads(printed) if printed else None, code

    return run


@pytest.fixture
def database_away(monkeypatch):
    """What Django raises when nothing answers; call the result to bring the database back."""

    def away(*_arguments, **_options):
        raise OperationalError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(spool, "address_for", away)
        broken.setattr(Incoming.objects, "create", away)
        yield broken.undo


def test_a_piped_message_becomes_a_ticket_and_one_line_of_json_says_so(world, pipe):
    report, code = pipe(raw_mail(), "--mailbox", "support@demo.example")
    ticket = Ticket.objects.get()
    assert code == 0
    assert report == {"outcome": "new", "ticket": ticket.number, "article": ticket.articles.first().pk, "reason": ""}
    assert ticket.queue == world.support


def test_without_a_mailbox_the_headers_name_the_queue(world, pipe):
    pipe(raw_mail(to="Billing <billing@demo.example>"))
    assert Ticket.objects.get().queue == world.billing


def test_a_mailbox_may_be_an_account_and_its_queue_counts(world, pipe):
    Account.objects.create(name="old mailbox", host="imap.demo.example", username="x", queue=world.billing)
    pipe(raw_mail(), "--mailbox", "old mailbox")
    assert Ticket.objects.get().queue == world.billing


def test_a_follow_up_and_a_repeated_message_are_told(world, pipe):
    first = raw_mail(message_id="<first@acme.example>")
    number = pipe(first)[0]["ticket"]
    follow_up = pipe(raw_mail("It works again.", in_reply_to="<first@acme.example>"))[0]
    assert (follow_up["outcome"], follow_up["ticket"]) == ("follow_up", number)
    again = pipe(first)[0]
    assert (again["outcome"], again["ticket"], again["article"]) == ("ignored", None, None)
    assert again["reason"].startswith("The same message came before. See no. ")


def test_an_unreadable_message_is_stored_and_quarantined(world, pipe):
    report, code = pipe(b"")
    assert (report["outcome"], report["ticket"], code) == ("quarantined", None, 0)
    assert Incoming.objects.get().state == "quarantined"


def test_an_unknown_mailbox_is_temporary_trouble_so_the_mail_server_keeps_the_message(world, pipe):
    assert pipe(raw_mail(), "--mailbox", "suport@demo.example") == (None, 75)
    assert not Incoming.objects.exists()


def test_a_message_over_the_limit_is_refused_for_good(world, pipe, settings):
    settings.MAIL_MAX_BYTES = 500
    assert pipe(raw_mail("x\n" * 500)) == (None, os.EX_DATAERR)
    assert not Incoming.objects.exists()


def test_with_the_database_away_the_message_goes_into_the_spool_and_comes_in_later_once(
    world, pipe, database_away, spool_folder, drain
):
    raw = raw_mail()
    report, code = pipe(raw, "--mailbox", "billing@demo.example")
    assert (report["outcome"], report["ticket"], code) == ("accepted", None, 0)
    (path,) = spool_folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    tasks.sweep_incoming()
    assert path.exists()
    database_away()
    tasks.sweep_incoming()
    tasks.sweep_incoming()
    assert list(spool_folder.iterdir()) == []
    incoming = Incoming.objects.get()
    assert blobs.load(incoming.digest) == raw
    drain()
    assert Ticket.objects.get().queue == world.billing


def test_a_crash_between_storing_and_removing_the_spool_file_makes_one_ticket(
    world, pipe, database_away, spool_folder, drain, monkeypatch
):
    pipe(raw_mail())
    database_away()
    with monkeypatch.context() as crash:
        crash.setattr("pathlib.Path.unlink", _raise(OSError("killed here")))
        assert spool.bring_in() == 0
    assert spool.bring_in() == 1
    drain()
    assert Incoming.objects.count() == 2
    assert Ticket.objects.count() == 1


def test_a_spool_file_that_cannot_be_taken_stays_and_stops_no_other(world, spool_folder):
    spool.put_aside(raw_mail(), "gone@demo.example")
    spool.put_aside(raw_mail(), "support@demo.example")
    (spool_folder / "00-broken.eml").write_bytes(b"not json\n")
    assert spool.bring_in() == 1
    assert len(spool.waiting()) == 2


def test_what_a_killed_writer_left_goes_after_a_day_and_was_never_taken(world, spool_folder):
    spool.put_aside(raw_mail(), "support@demo.example")
    old, fresh = spool_folder / "old.tmp", spool_folder / "fresh.tmp"
    for path in (old, fresh):
        path.write_bytes(b'{"mailbox": ""}\nhalf a mess')
    os.utime(old, (time.time() - 90_000,) * 2)
    assert spool.bring_in() == 1
    assert list(spool_folder.iterdir()) == [fresh]


def test_the_message_is_on_the_disk_before_it_has_its_name(world, monkeypatch, spool_folder):
    """Written beside, flushed, renamed, and the folder flushed as well: what is acknowledged survives a power cut."""
    done = []
    real = os.fsync
    rename = Path.rename
    monkeypatch.setattr(spool.os, "fsync", lambda handle: (done.append(_kind(handle)), real(handle)))
    monkeypatch.setattr(Path, "rename", lambda self, target: (done.append("rename"), rename(self, target)))
    spool.put_aside(raw_mail(), "")
    assert done == ["folder", "file", "rename", "folder"]


def _kind(handle: int) -> str:
    return "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"


def test_neither_database_nor_spool_is_75(world, pipe, database_away, spool_folder):
    spool_folder.parent.mkdir(exist_ok=True)
    spool_folder.write_text("no folder")
    assert pipe(raw_mail()) == (None, 75)


def test_F08_a_full_disk_is_75(world, pipe, monkeypatch):
    full = _raise(OSError(28, "No space left on device"))
    monkeypatch.setattr(intake, "store", full)
    monkeypatch.setattr(spool.os, "fsync", full)
    assert pipe(raw_mail()) == (None, 75)
    assert spool.waiting() == []


def test_when_dealing_with_it_fails_the_message_is_accepted_all_the_same(world, pipe, monkeypatch, drain):
    with monkeypatch.context() as broken:
        broken.setattr(intake, "parse_apart", _raise(RuntimeError("no child")))
        report, code = pipe(raw_mail())
    assert (report["outcome"], code) == ("accepted", 0)
    assert report["reason"] == "RuntimeError: no child"
    Incoming.objects.update(due_at=timezone.now())
    drain()
    assert Ticket.objects.count() == 1


def test_the_ledger_counts_and_adds_up(world, pipe, take_in, spool_folder):
    raw = raw_mail()
    take_in(raw)
    take_in(raw)
    take_in(b"Subject: nobody sent this\r\n\r\n", sender="")
    intake.accept(raw_mail(), intake.Envelope("smtp", recipients=("support@demo.example",)))
    report, code = pipe(b"", "--check", command="mail_ledger")
    assert code == 0
    assert report == {
        "received": 4,
        "ticketed": 1,
        "quarantined": 1,
        "ignored": 1,
        "waiting": 1,
        "spooled": 0,
        "unaccounted": [],
    }


def test_the_ledger_finds_what_was_forgotten_or_is_missing(own_store, world, pipe, take_in, spool_folder):
    forgotten, without_duty, lost = (
        intake.accept(raw_mail(f"no. {n}"), intake.Envelope("smtp", recipients=("support@demo.example",)))
        for n in range(3)
    )
    Incoming.objects.filter(pk=forgotten.pk).update(due_at=timezone.now() - timedelta(hours=1))
    Incoming.objects.filter(pk=without_duty.pk).update(due_at=None)
    blobs.default_storage.delete(blobs.blob_name(lost.digest))
    path = spool.put_aside(raw_mail(), "gone@demo.example")
    os.utime(path, (time.time() - 3600,) * 2)
    assert pipe(b"", command="mail_ledger")[1] == 0
    report, code = pipe(b"", "--check", command="mail_ledger")
    assert code == 1
    assert report["unaccounted"] == [
        f"Message {without_duty.pk} waits, but nobody will look at it.",
        f"Message {forgotten.pk} has been due for long.",
        f"The raw message {lost.pk} is missing.",
        f"The spool file {path.name} is not taken in.",
    ]


def test_parse_mail_prints_the_message_and_keeps_nothing(world, pipe):
    parsed, code = pipe(raw_mail("Grüße", subject="Tür klemmt"), command="parse_mail")
    assert code == 0
    assert (parsed["subject"], parsed["text"].strip()) == ("Tür klemmt", "Grüße")
    assert parsed["from"] == {"name": "Dana Miller", "address": "dana@acme.example"}
    assert not Incoming.objects.exists()


def test_fetch_mail_for_an_account_that_is_not_there_says_so(world, pipe):
    with pytest.raises(CommandError, match="There is no account"):
        call_command("fetch_mail", "--mailbox", "nowhere")


def _raise(error: Exception):
    def fail(*_arguments, **_options):
        raise error

    return fail
