"""F10: servers that hang up, lie, forget and answer late. Nothing is lost or doubled, no mailbox is stuck."""

import socket
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from core import blobs
from mail import intake
from mail.fetching import imap, parts, taking
from mail.fetching.visiting import fetch_account
from mail.models import Account, Incoming
from tests.mail.bad_imap import DROP, scripted
from tests.mail.mails import raw_mail

pytestmark = pytest.mark.django_db
MAILS = [raw_mail(subject=f"no. {number}", message_id=f"<{number}@acme.example>") for number in range(1, 5)]


@pytest.fixture
def script():
    with scripted() as script:
        yield script


@pytest.fixture
def account(script) -> Account:
    account = Account(name="Bad", host="127.0.0.1", port=script.port, security="none", username="u")
    account.password = "p"
    account.save()
    return account


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(imap, "SLICE", 4_096)


def later(account: Account) -> None:
    """Some time passes: what could not be fetched is tried again."""
    Incoming.objects.filter(digest="").update(received_at=timezone.now() - timedelta(days=2))
    account.refresh_from_db()


def contents() -> Counter[bytes]:
    return Counter(
        blobs.load(digest) for digest in Incoming.objects.exclude(digest="").values_list("digest", flat=True)
    )


def visit_until_done(account: Account, *, visits: int = 6) -> None:
    for _visit in range(visits):
        summary = fetch_account(account)
        later(account)
        if not summary.error and not Incoming.objects.filter(digest="").exists():
            return
    raise AssertionError(account.last_error)


def once(command: str, nth: int, instead) -> object:
    """A fault at the n-th command that begins so, and never again."""
    seen = Counter()

    def fault(line: str, _number: int):
        if line.upper().startswith(command):
            seen[command] += 1
            if seen[command] == nth:
                return instead
        return None

    return fault


@pytest.mark.parametrize("after", ["keep", "move", "delete"])
def test_f10_a_server_that_hangs_up_at_any_command_loses_and_doubles_nothing(script, account, after):
    account.after, account.move_to = after, "Done"
    account.save()
    script.put(*MAILS[:2])
    fetch_account(account)
    commands = len(script.commands)
    assert commands > 8
    for number in range(1, commands + 1):
        Incoming.objects.all().delete()
        script.commands.clear()
        script.messages, script.moved, script.uidvalidity = {}, [], script.uidvalidity + 1
        script.put(*MAILS[:2])
        script.fault = lambda _line, n, number=number: DROP if n == number else None
        visit_until_done(account)
        fetch_account(account)
        assert contents() == Counter(MAILS[:2]), f"command {number}"
        if after != "keep":
            assert not script.messages, f"command {number}"
        if after == "move":
            assert set(script.moved) == set(MAILS[:2])


@pytest.mark.parametrize("after", ["move", "delete"])
def test_f10_a_number_that_means_another_message_now_hides_and_removes_nothing(script, account, after):
    account.after, account.move_to = after, "Done"
    account.save()
    script.put(*MAILS[:2])
    script.fault = lambda line, _number: DROP if line.upper().startswith(("UID STORE", "UID MOVE")) else None
    fetch_account(account)
    script.fault = lambda _line, _number: None
    script.messages[2] = raw_mail(subject="a longer one", message_id="<other@acme.example>")
    account.refresh_from_db()
    assert fetch_account(account).stored == 1
    assert contents() == Counter([*MAILS[:2], raw_mail(subject="a longer one", message_id="<other@acme.example>")])
    assert not script.messages
    assert Incoming.objects.get(uid=2).size != len(MAILS[1])


def test_f10_a_server_that_is_wrong_about_sizes_is_rid_of_what_we_have(script, account):
    account.after = Account.After.DELETE
    account.save()
    script.put(*MAILS[:2])
    script.fault = lambda line, _number: DROP if line.upper().startswith("UID STORE") else None
    fetch_account(account)
    script.fault = lambda _line, _number: None
    script.sizes = {1: len(MAILS[0]) + 9, 2: len(MAILS[1]) - 9}
    account.refresh_from_db()
    assert fetch_account(account).stored == 0
    assert not script.messages
    assert contents() == Counter(MAILS[:2])


def test_what_is_left_over_keeps_no_new_mail_waiting_and_is_asked_about_at_once(script, account):
    account.after = Account.After.DELETE
    account.save()
    script.put(*MAILS[:3])
    script.fault = lambda line, _number: DROP if line.upper().startswith("UID STORE") else None
    fetch_account(account)
    script.put(MAILS[3])
    script.commands.clear()
    account.refresh_from_db()
    assert fetch_account(account).stored == 1
    asked = [line for line in script.commands if line.upper().startswith("UID FETCH")]
    assert "RFC822.SIZE INTERNALDATE" in asked[0]
    assert asked[0].split()[2] == "4"  # the new one first
    assert [line.split()[2] for line in asked if line.upper().endswith("(RFC822.SIZE)")] == ["1,2,3"]
    script.fault = lambda _line, _number: None
    account.refresh_from_db()
    fetch_account(account)
    assert not script.messages
    assert contents() == Counter(MAILS)


def test_f10_a_server_that_answers_late_is_left_and_visited_again(script, account, monkeypatch):
    script.put(*MAILS[:2])
    script.fault = once("UID SEARCH", 1, b"")  # it says nothing at all
    with monkeypatch.context() as short:
        summary = _impatient_visit(account, short)
    assert (summary.stored, summary.trouble) == (0, "timeout")
    account.refresh_from_db()
    assert account.failures == 1
    assert account.next_visit_at > timezone.now()
    assert fetch_account(account).stored == 2


def _impatient_visit(account, patch):
    real = imap.Folder.__init__

    def init(self, account, name):
        real(self, account, name, patience=imap.Patience(1, 0.2))

    patch.setattr(imap.Folder, "__init__", init)
    return fetch_account(account)


def test_f10_new_uidvalidity_within_a_visit_ends_it_and_the_next_scans_anew(script, account, drain, world):
    script.put(*MAILS[:3])

    def fault(line, _number):
        if line.startswith("UID FETCH 2 (BODY"):
            script.uidvalidity += 1
            script.fault = lambda _line, _number: None
            return DROP
        return None

    script.fault = fault
    summary = fetch_account(account)
    assert (summary.stored, summary.trouble) == (1, "answer")
    assert fetch_account(account).stored == 3
    drain()
    assert Counter(Incoming.objects.values_list("state", flat=True)) == {"ticketed": 3, "ignored": 1}


@pytest.mark.parametrize(
    "instead",
    [
        b"* 2 FETCH (UID 2 BODY[] {abc}\r\nTAG OK done\r\n",
        b"* 2 FETCH (UID 2 BODY[] {99999999999}\r\n",
        b"* 2 FETCH (UID 2 BODY[] {10}\r\nshort)\r\nTAG OK done\r\n",
        b"* 2 FETCH (UID 2 BODY[]\r\nTAG OK done\r\n",
        b"* 2 FETCH UID 2\r\nTAG OK done\r\n",
        b"TAG NO [UNAVAILABLE] try later\r\n",
        b"TAG BAD what?\r\n",
        b"nonsense\r\n",
        b"TAG OK done\r\n",
        b"* 2 FETCH (UID 2 FLAGS (\\Seen))\r\nTAG OK done\r\n",
        b"* 2 FETCH (UID 2 BODY[] NIL)\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID 1 BODY[] {2}\r\nhi)\r\nTAG OK done\r\n",
        b"* 2 FETCH (UID 2 BODY[] {0}\r\n)\r\nTAG OK done\r\n",
        b'* 2 FETCH (UID 2 BODY[] "")\r\nTAG OK done\r\n',
        b"* 2 FETCH (UID 2 BODY[] {23}\r\nSubject: cut\r\n\r\nhere..)\r\nTAG OK done\r\n",
    ],
)
def test_f10_a_bad_answer_costs_one_message_its_turn_and_nothing_else(script, account, monkeypatch, instead):
    script.put(*MAILS)
    script.fault = once("UID FETCH 2 (BODY", 1, instead)
    with monkeypatch.context() as short:
        summary = _impatient_visit(account, short)
    assert (summary.stored, summary.unfetched, summary.error) == (3, 1, "")
    row = Incoming.objects.get(digest="")
    assert (row.uid, row.state, row.reason_code) == (2, "quarantined", "unfetchable")
    later(account)
    assert fetch_account(account).stored == 1
    assert contents() == Counter(MAILS)


def test_f10_two_answers_for_one_uid_are_one_message(script, account):
    script.put(*MAILS[:1])
    raw = MAILS[0]
    twice = b"* 1 FETCH (UID 1 FLAGS (\\Recent))\r\n* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)\r\n" % (len(raw), raw)
    flags_again = b"* 1 FETCH (FLAGS (\\Seen) UID 1)\r\nTAG OK done\r\n"
    script.fault = once("UID FETCH 1 (BODY", 1, twice + flags_again)
    assert fetch_account(account).stored == 1
    assert contents() == Counter([raw])


def test_f10_a_mail_that_is_gone_between_search_and_fetch_leaves_no_trace(script, account):
    script.put(*MAILS[:3])

    def fault(line, _number):
        if line.startswith("UID FETCH 2"):
            script.messages.pop(2, None)
        return

    script.fault = fault
    summary = fetch_account(account)
    assert (summary.stored, summary.unfetched, summary.error) == (2, 0, "")
    assert Incoming.objects.count() == 2


def test_f10_a_mail_that_is_listed_but_not_handed_out_is_asked_for_again(script, account):
    """Nothing in the answer does not mean that it is gone: the server still lists it."""
    script.put(*MAILS[:3])
    script.fault = once("UID FETCH 2", 1, b"TAG OK nothing\r\n")
    assert fetch_account(account).stored == 2
    assert Incoming.objects.get(digest="").uid == 2
    later(account)
    assert fetch_account(account).stored == 1
    assert contents() == Counter(MAILS[:3])


def test_f10_200_mb_stay_on_the_server_with_a_row_and_none_of_it_is_fetched(script, account):
    account.after = Account.After.DELETE
    account.save()
    script.put(*MAILS[:3])
    script.sizes[2] = 200 * 1024 * 1024
    assert (fetch_account(account).stored, fetch_account(account).unfetched) == (2, 0)
    row = Incoming.objects.get(digest="")
    assert (row.reason_code, row.size, row.state) == ("too_large", 200 * 1024 * 1024, "quarantined")
    assert not [line for line in script.commands if line.startswith("UID FETCH 2 (BODY")]
    assert list(script.messages) == [2]


def test_f10_a_server_that_lies_about_the_size_is_not_read_beyond_the_limit(script, account, settings):
    settings.MAIL_MAX_BYTES = 20_000
    script.put(raw_mail("x" * 70 + "\r\n" + "y" * 60_000, subject="larger than it says"), MAILS[0])
    script.sizes[1] = 10_000
    assert fetch_account(account).stored == 1
    assert Incoming.objects.get(digest="").reason_code == "too_large"
    assert len([line for line in script.commands if line.startswith("UID FETCH 1 (BODY")]) <= 6
    assert not list(settings.MAIL_PARTS.glob("*"))


@pytest.mark.parametrize("handed_out", [b"", b"Subject: cut\r\n\r\nhere.."])
def test_f10_a_server_that_keeps_most_of_a_mail_to_itself_keeps_the_mail(script, account, handed_out):
    account.after = Account.After.DELETE
    account.save()
    script.put(handed_out, MAILS[0])
    script.sizes[1] = 5_000
    for _visit in range(3):
        fetch_account(account)
        later(account)
    row = Incoming.objects.get(digest="")
    assert (row.state, row.reason_code, "5000 bytes" in row.reason) == ("quarantined", "unfetchable", True)
    assert list(script.messages) == [1]
    assert contents() == Counter({MAILS[0]: 1})


def test_a_size_that_is_a_little_wrong_loses_no_byte(script, account):
    """Exchange reports the size of a message as it would be, not as it is."""
    large = raw_mail("line\r\n" * 3_000, subject="large")
    for wrong in (-5_000, -1, 1, 5_000):
        script.uidvalidity += 1
        script.messages = {1: large}
        script.sizes = {1: len(large) + wrong}
        assert fetch_account(account).stored == 1
    assert contents() == Counter({large: 4})


def test_a_large_mail_goes_on_where_the_connection_broke(script, account):
    large = raw_mail("line\r\n" * 5_000, subject="large")
    script.put(large)
    script.fault = once("UID FETCH 1 (BODY", 5, DROP)
    summary = fetch_account(account)
    assert (summary.stored, summary.unfetched) == (0, 1)
    later(account)
    assert fetch_account(account).stored == 1
    asked = [line for line in script.commands if line.startswith("UID FETCH 1 (BODY")]
    assert len([line for line in asked if "<0." in line]) == 1
    assert contents() == Counter([large])
    assert not list(parts.Path(parts.settings.MAIL_PARTS).glob("*"))


def test_a_large_mail_for_which_there_is_no_time_goes_on_with_the_next_visit(script, account, monkeypatch):
    large = raw_mail("line\r\n" * 5_000, subject="large")
    script.put(large, MAILS[0])
    clock = iter([0, 0, 0, 0, 0, 100])
    with monkeypatch.context() as hurry:
        hurry.setattr(taking.time, "monotonic", lambda: next(clock, 100))
        summary = fetch_account(account, seconds=50)
    assert (summary.stored, summary.more, summary.waiting, summary.error) == (0, True, 2, "")
    account.refresh_from_db()
    assert (account.waiting, account.failures) == (2, 0)
    assert fetch_account(account).stored == 2
    asked = [line for line in script.commands if line.startswith("UID FETCH 1 (BODY")]
    assert len(asked) == len(set(asked))


def test_f08_a_full_disk_in_the_middle_of_a_large_mail_touches_nothing_and_heals(script, account, monkeypatch):
    script.put(raw_mail("line\r\n" * 5_000, subject="large"), MAILS[0])
    account.after = Account.After.DELETE
    account.save()
    with monkeypatch.context() as full:
        full.setattr(parts.os, "fsync", _raise(OSError(28, "No space left on device")))
        summary = fetch_account(account)
    assert (summary.stored, summary.trouble) == (0, "storage")
    assert summary.error == "OSError: [Errno 28] No space left on device"
    assert len(script.messages) == 2
    assert not script.deleted
    assert not Incoming.objects.exists()
    assert fetch_account(account).stored == 2
    assert not script.messages


def test_a_database_that_is_away_while_storing_is_trouble_of_our_own(script, account, monkeypatch):
    script.put(*MAILS[:1])
    with monkeypatch.context() as broken:
        broken.setattr(intake, "keep", _raise(OperationalError("away")))
        summary = fetch_account(account)
    assert (summary.error, summary.trouble) == ("OperationalError: away", "storage")
    assert fetch_account(account).stored == 1


def test_never_a_bare_expunge(script, account):
    script.capabilities = "IMAP4rev1"
    account.after, account.move_to = "move", "Done"
    account.save()
    script.put(*MAILS[:2])
    assert fetch_account(account).stored == 2
    assert script.deleted == {1, 2}
    assert sorted(script.moved) == sorted(MAILS[:2])
    fetch_account(account)
    assert len(script.moved) == 2  # what is marked already is not copied again
    assert not [line for line in script.commands if line.upper().startswith("EXPUNGE")]


def test_the_read_state_is_neither_asked_for_nor_changed_by_fetching(script, account):
    account.after = Account.After.DELETE
    account.save()
    script.put(*MAILS[:2])
    script.seen = {1}
    assert fetch_account(account).stored == 2
    assert not [line for line in script.commands if "SEEN" in line.upper()]
    assert all("BODY.PEEK" in line for line in script.commands if "BODY" in line)


def test_trouble_with_what_happens_on_the_server_is_said_and_loses_nothing(script, account):
    account.after, account.move_to = "move", "Done"
    account.save()
    script.put(*MAILS[:1])
    script.fault = lambda line, _n: b"TAG NO not allowed\r\n" if line.startswith("UID MOVE") else None
    summary = fetch_account(account)
    assert (summary.stored, summary.trouble) == (1, "settling")
    account.refresh_from_db()
    assert (account.failures, account.trouble) == (0, "settling")
    assert account.last_success_at is not None
    script.fault = lambda _line, _n: None
    fetch_account(account)
    assert not script.messages


def test_one_folder_that_is_gone_keeps_no_other_waiting(script, account):
    account.folder, account.more_folders = "Renamed", ["INBOX"]
    account.save()
    script.put(*MAILS[:1])

    def fault(line, _number):
        if "Renamed" in line:
            return b"TAG NO no such mailbox\r\n" if line.startswith("SELECT") else b"TAG OK done\r\n"
        return None

    script.fault = fault
    summary = fetch_account(account)
    assert (summary.stored, summary.trouble, summary.error) == (1, "no_folder", "NoFolder: Renamed")


def test_a_server_that_greets_like_something_else_is_not_quoted(account, script, monkeypatch):
    """T62: whoever may try out servers learns nothing of what else listens there."""
    with socket.create_server(("127.0.0.1", 0)) as other:

        def greet():
            connection, _address = other.accept()
            connection.sendall(b"SSH-2.0-Secret_1.0\r\n")
            connection.close()

        threading.Thread(target=greet, daemon=True).start()
        account.port = other.getsockname()[1]
        summary = fetch_account(account)
    assert summary.trouble == "answer"
    assert "Secret" not in summary.error


def _raise(error: BaseException):
    def fail(*_arguments, **_options):
        raise error

    return fail
