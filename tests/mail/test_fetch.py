"""Fetching from IMAP accounts, against a real Dovecot."""

import json
from datetime import timedelta

import psycopg2
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from imapclient.exceptions import IMAPClientError

from core import blobs
from mail import intake, tasks
from mail.fetching import imap, taking, visiting, visits
from mail.fetching.visiting import fetch_account
from mail.ledger import retry_incoming
from mail.models import Account, Incoming
from tests.mail import dovecot
from tests.mail.mails import raw_mail
from tickets.models import Ticket

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("dovecot")]


@pytest.fixture(scope="module")
def server():
    try:
        with dovecot.running() as server:
            yield server
    except dovecot.Unavailable as reason:
        pytest.skip(f"NOT TESTED: fetching from IMAP, because there is no Dovecot: {reason}")


@pytest.fixture
def account(world, server, request) -> Account:
    account = Account(
        name="Support mailbox",
        host="127.0.0.1",
        port=server.port,
        security=Account.Security.NONE,
        username=f"u{abs(hash(request.node.name))}",
    )
    account.password = dovecot.PASSWORD
    account.save()
    return account


def subjects() -> list[str]:
    found = Incoming.objects.exclude(digest="").order_by("pk")
    return [blobs.load(row.digest).partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for row in found]


def test_what_is_fetched_becomes_tickets_once(server, account, drain):
    server.put(account.username, raw_mail(subject="one"), raw_mail(subject="two"))
    assert fetch_account(account).as_dict() == {
        "account": "Support mailbox",
        "stored": 2,
        "unfetched": 0,
        "more": False,
        "busy": False,
        "error": "",
        "trouble": "",
        "waiting": 0,
    }
    assert fetch_account(account).stored == 0
    server.put(account.username, raw_mail(subject="three"))
    assert fetch_account(account).stored == 1
    drain()
    assert subjects() == ["one", "two", "three"]
    assert sorted(Ticket.objects.values_list("title", flat=True)) == ["one", "three", "two"]
    account.refresh_from_db()
    assert account.last_error == ""
    assert account.last_success_at is not None


def test_read_marks_of_others_do_not_matter(server, account):
    server.put(account.username, raw_mail())
    with server.mailbox(account.username) as somebody:
        somebody.add_flags(somebody.search(), [rb"\Seen"])
    assert fetch_account(account).stored == 1
    with server.mailbox(account.username) as somebody:
        somebody.remove_flags(somebody.search(), [rb"\Seen"])
    assert fetch_account(account).stored == 0


def test_what_stays_is_marked_as_read(server, account):
    server.put(account.username, raw_mail())
    fetch_account(account)
    with server.mailbox(account.username) as somebody:
        assert list(somebody.search("SEEN")) == [1]


def test_nothing_is_touched_on_the_server_before_it_is_stored_here(server, account, monkeypatch):
    account.after = Account.After.DELETE
    server.put(account.username, raw_mail())
    with monkeypatch.context() as broken:
        broken.setattr(intake, "store", _raise(OSError(28, "No space left on device")))
        summary = fetch_account(account)
    assert (summary.stored, summary.error) == (0, "OSError: [Errno 28] No space left on device")
    account.refresh_from_db()
    assert account.last_error == summary.error
    with server.mailbox(account.username) as somebody:
        assert list(somebody.search()) == [1]
        assert list(somebody.search("SEEN")) == []
    account.after = Account.After.DELETE
    assert fetch_account(account).stored == 1
    with server.mailbox(account.username) as somebody:
        assert list(somebody.search()) == []


def test_fetched_mail_is_moved_into_a_folder_made_when_missing(server, account):
    account.after, account.move_to = Account.After.MOVE, "Erledigt & gelöscht"
    server.put(account.username, raw_mail(subject="moved"))
    fetch_account(account)
    with server.mailbox(account.username) as somebody:
        assert list(somebody.search()) == []
        somebody.select_folder("Erledigt & gelöscht")
        assert len(somebody.search()) == 1
    assert subjects() == ["moved"]


def test_a_fetcher_killed_between_storing_and_removing_is_made_good_by_the_next(server, account, monkeypatch):
    account.after, account.move_to = Account.After.MOVE, "Done"
    server.put(account.username, raw_mail(), raw_mail())
    with monkeypatch.context() as crash:
        crash.setattr(imap.Folder, "settle", _raise(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            fetch_account(account)
    with server.mailbox(account.username) as somebody:
        assert len(somebody.search()) == 2
    assert fetch_account(account).stored == 0
    with server.mailbox(account.username) as somebody:
        assert list(somebody.search()) == []
    assert Incoming.objects.count() == 2


def test_c04_without_move_a_copy_is_not_made_twice_and_nothing_else_is_expunged(server, account, monkeypatch):
    account.after, account.move_to = Account.After.MOVE, "Done"
    monkeypatch.setattr("imapclient.IMAPClient.has_capability", lambda self, name: name == "UIDPLUS")
    server.put(account.username, raw_mail(subject="one"))
    with monkeypatch.context() as crash:
        crash.setattr("imapclient.IMAPClient.uid_expunge", _raise(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            fetch_account(account)
    fetch_account(account)
    with server.mailbox(account.username) as somebody:
        assert list(somebody.search()) == []
        somebody.select_folder("Done")
        assert len(somebody.search()) == 1


def test_deleting_leaves_what_others_have_marked(server, account):
    account.after = Account.After.DELETE
    server.put(account.username, raw_mail(subject="one"))
    fetch_account(account)
    server.put(account.username, raw_mail("x" * 3_000, subject="too large, and marked by somebody"))
    with server.mailbox(account.username) as somebody:
        somebody.add_flags(somebody.search(), [rb"\Deleted"])
    with pytest.MonkeyPatch.context() as small:
        small.setattr(taking.settings, "MAIL_MAX_BYTES", 2_000)
        server.put(account.username, raw_mail(subject="two"))
        fetch_account(account)
    with server.mailbox(account.username) as somebody:
        assert len(somebody.search("DELETED")) == 1


def test_f10_new_numbers_on_the_server_bring_nothing_twice(server, account, drain):
    server.put(account.username, raw_mail(subject="one"), raw_mail(subject="two"))
    fetch_account(account)
    drain()
    server.renumber(account.username)
    server.put(account.username, raw_mail(subject="three"))
    assert fetch_account(account).stored == 3
    drain()
    assert Ticket.objects.count() == 3
    assert Incoming.objects.filter(state="ignored").count() == 2


def test_another_folder_user_or_server_with_the_same_numbers_hides_nothing(server, account, drain):
    """UIDs and their UIDVALIDITY mean something in one folder only."""
    server.put(account.username, raw_mail(subject="one"))
    fetch_account(account)
    first = Incoming.objects.get()
    account.host = "localhost"
    account.save()
    elsewhere = Incoming.objects.filter(pk=first.pk)
    assert elsewhere.update(uid=1_000_000) == 1  # the old server was far ahead
    server.put(account.username, raw_mail(subject="two"))
    assert fetch_account(account).stored == 2
    drain()
    assert sorted(Ticket.objects.values_list("title", flat=True)) == ["one", "two"]
    assert Incoming.objects.filter(reason_code="copy").count() == 1
    account.host = "127.0.0.1"
    account.save()
    assert fetch_account(account).stored == 0


def test_the_place_of_a_message_names_user_server_and_folder(world):
    account = Account(name="x", host="IMAP.Demo.example", username="us er@demo", folder="In/Größe")
    assert account.place == "imap://us%20er%40demo@imap.demo.example/In/Gr%C3%B6%C3%9Fe"


def test_f10_a_message_that_cannot_be_fetched_is_in_the_ledger_stops_no_other_and_comes_later(
    server, account, monkeypatch, drain
):
    server.put(account.username, *(raw_mail(subject=f"no. {n}") for n in range(1, 4)))
    real = imap.Folder.download

    def bad_literal(self, uid, facts, **more):
        if uid == 2:
            raise IMAPClientError("bad literal")
        return real(self, uid, facts, **more)

    with monkeypatch.context() as broken:
        broken.setattr(imap.Folder, "download", bad_literal)
        summary = fetch_account(account)
        assert (summary.stored, summary.unfetched, summary.error) == (2, 1, "")
        row = Incoming.objects.get(digest="")
        assert (row.uid, row.state) == (2, "quarantined")
        assert (row.reason_code, row.reason) == ("unfetchable", "IMAP error: bad literal")
        fetch_account(account)
    assert fetch_account(account).stored == 0  # it is not asked for again at once
    Incoming.objects.filter(digest="").update(received_at=timezone.now() - timedelta(minutes=2))
    assert fetch_account(account).stored == 1
    drain()
    assert subjects() == ["no. 1", "no. 3", "no. 2"]
    assert Ticket.objects.count() == 3


def test_f10_when_every_message_fails_the_server_is_to_blame(server, account, monkeypatch):
    server.put(account.username, *(raw_mail(subject=f"no. {n}") for n in range(5)))
    with monkeypatch.context() as broken:
        broken.setattr(imap.Folder, "download", _raise(TimeoutError("timed out")))
        summary = fetch_account(account)
    assert (summary.unfetched, summary.error) == (3, "TimeoutError: timed out")
    assert fetch_account(account).stored == 2
    Incoming.objects.filter(digest="").update(received_at=timezone.now() - timedelta(minutes=2))
    assert fetch_account(account).stored == 3


def test_f10_a_message_that_vanishes_between_search_and_fetch_is_no_trouble(server, account, monkeypatch):
    server.put(account.username, raw_mail(subject="one"), raw_mail(subject="two"))
    real = imap.Folder.facts

    def somebody_deletes(self, uid):
        if uid == 1:
            with server.mailbox(account.username) as somebody:
                somebody.delete_messages([1])
                somebody.expunge([1])
        return real(self, uid)

    monkeypatch.setattr(imap.Folder, "facts", somebody_deletes)
    summary = fetch_account(account)
    assert (summary.stored, summary.unfetched, summary.error) == (1, 0, "")
    assert subjects() == ["two"]


def test_a_message_over_the_limit_stays_there_and_is_in_the_ledger(server, account, settings, world):
    settings.MAIL_MAX_BYTES = 2_000
    account.after = Account.After.DELETE
    server.put(account.username, raw_mail("x\n" * 5_000), raw_mail(subject="small"))
    assert (fetch_account(account).stored, fetch_account(account).unfetched) == (1, 0)
    row = Incoming.objects.get(digest="")
    assert (row.state, row.reason_code, row.reason) == ("quarantined", "too_large", "")
    with server.mailbox(account.username) as somebody:
        assert list(somebody.search()) == [1]
    settings.MAIL_MAX_BYTES = 100_000
    retry_incoming(row, by=world.alex)
    intake.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reason_code) == ("quarantined", "not_fetched")
    assert fetch_account(account).stored == 1
    assert not Incoming.objects.filter(digest="").exists()


def test_two_fetchers_never_work_on_one_account(server, account):
    server.put(account.username, raw_mail())
    database = connection.settings_dict
    other = psycopg2.connect(
        host=database["HOST"], port=database["PORT"] or None, user=database["USER"],
        password=database["PASSWORD"], dbname=database["NAME"],
    )  # fmt: skip
    other.autocommit = True
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [visiting.LOCK_SPACE, account.pk])
        summary = fetch_account(account)
        assert (summary.busy, summary.stored) == (True, 0)
        cursor.execute("SELECT pg_advisory_unlock_all()")
    other.close()
    assert fetch_account(account).stored == 1


def test_two_fetchers_that_race_in_spite_of_the_lock_store_once(server, account):
    server.put(account.username, raw_mail())
    fetch_account(account)
    with imap.Folder(account, "INBOX") as folder:
        visit = visits.FolderVisit(folder, taking.Summary("x"), None)
        assert visit.keep(1, raw_mail()) is False
    assert Incoming.objects.count() == 1


def test_trouble_with_one_account_stops_no_other_and_is_noted(server, account, capsys):
    wrong = Account(name="A wrong one", host="127.0.0.1", port=server.port, security="none", username="\x01bad")
    wrong.password = "not this"
    wrong.save()
    closed = Account.objects.create(name="Closed", host="127.0.0.1", port=1, security="none", username="x")
    server.put(account.username, raw_mail())
    with pytest.raises(SystemExit) as ended:
        call_command("fetch_mail")
    assert ended.value.code == 1
    report = json.loads(capsys.readouterr().out)["accounts"]
    assert [(found["account"], found["stored"], bool(found["error"])) for found in report] == [
        ("Support mailbox", 1, False),
        ("A wrong one", 0, True),
        ("Closed", 0, True),
    ]
    wrong.refresh_from_db()
    assert (wrong.trouble, "SignInRefused" in wrong.last_error, wrong.last_error != "") == ("password", False, True)
    assert "not this" not in wrong.last_error
    closed.refresh_from_db()
    assert closed.last_error == "ConnectionRefusedError: [Errno 111] Connection refused"
    assert closed.last_success_at is None


def test_the_database_going_away_is_noted_as_trouble_and_loses_nothing(server, account, monkeypatch):
    server.put(account.username, raw_mail())
    with monkeypatch.context() as broken:
        broken.setattr(intake, "keep", _raise(OperationalError("away")))
        assert fetch_account(account).error == "OperationalError: away"
    assert fetch_account(account).stored == 1


def test_one_task_takes_what_it_can_in_its_time_and_leaves_the_rest_to_the_next(server, account, monkeypatch):
    server.put(account.username, raw_mail(subject="one"), raw_mail(subject="two"))
    summary = fetch_account(account, seconds=-1)
    assert (summary.stored, summary.more) == (0, True)
    asked = []
    monkeypatch.setattr(tasks, "FETCHING_SECONDS", -1)
    monkeypatch.setattr(tasks.fetch, "delay", asked.append)
    tasks.fetch(account.pk)
    assert asked == [account.pk]


def test_the_queue_of_the_account_goes_before_the_address(server, account, world, drain):
    account.queue = world.billing
    account.save()
    server.put(account.username, raw_mail(to="support@demo.example"))
    fetch_account(account)
    drain()
    assert Ticket.objects.get().queue == world.billing


def _raise(error: BaseException):
    def fail(*_arguments, **_options):
        raise error

    return fail
