"""The ways into a mailbox, against a real Dovecot: POP3, TLS, tokens, several folders, IDLE."""

import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from core import blobs
from mail.accounts import save_consent, try_account
from mail.fetching import idling, oauth, pop3
from mail.fetching.health import health_of
from mail.fetching.looking import contents
from mail.fetching.visiting import due_accounts, fetch_account
from mail.models import Account, Consent, Incoming, Unwanted
from tests.mail import dovecot
from tests.mail.certificates import certificate
from tests.mail.mails import raw_mail
from tests.mail.tokens import provider
from tickets.models import Ticket

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("dovecot")]


@pytest.fixture(scope="module")
def tokens():
    with provider() as tokens:
        yield tokens


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    folder.chmod(0o755)
    return certificate(folder)


@pytest.fixture(scope="module")
def server(tokens, papers):
    try:
        with dovecot.running(tokens=tokens.introspection_url, certificate=papers) as server:
            yield server
    except dovecot.Unavailable as reason:
        pytest.skip(f"NOT TESTED: POP3, TLS and tokens, because there is no Dovecot: {reason}")


@pytest.fixture
def user(request) -> str:
    return f"w{abs(hash(request.node.name))}"


@pytest.fixture
def account(world, server, user) -> Account:
    account = Account(name="Box", host="localhost", port=server.port, security="none", username=user)
    account.password = dovecot.PASSWORD
    account.save()
    return account


@pytest.fixture
def drop(account, server) -> Account:
    account.protocol, account.port = "pop3", server.pop3
    account.save()
    return account


@pytest.fixture
def consent(account, tokens, world) -> Consent:
    account.sign_in = "oauth"
    account.sealed_password = ""
    account.save()
    tokens.user, tokens.answer, tokens.expires_in = account.username, None, 3600
    tokens.asked.clear()
    consent = Consent(account=account, provider="other", client_id="app", token_url=tokens.token_url)
    consent.authorize_url = "https://login.example/"
    save_consent(consent, by=world.alex)
    oauth.redeem(consent, code="x", verifier="y" * 43, back_to="https://desk.example/")
    return consent


def subjects() -> list[str]:
    found = Incoming.objects.exclude(digest="").order_by("pk")
    return [blobs.load(row.digest).partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for row in found]


# ---- POP3


def test_pop3_what_is_fetched_becomes_tickets_once(server, drop, drain):
    server.deliver(drop.username, raw_mail(subject="one"), raw_mail(subject="two"))
    assert fetch_account(drop).stored == 2
    assert fetch_account(drop).stored == 0
    server.deliver(drop.username, raw_mail(subject="three"))
    assert fetch_account(drop).stored == 1
    drain()
    assert subjects() == ["one", "two", "three"]
    assert Ticket.objects.count() == 3
    assert set(Incoming.objects.values_list("source", flat=True)) == {"pop3"}


def test_pop3_a_message_comes_byte_for_byte_with_dots_and_long_lines(server, drop):
    raw = raw_mail("..\r\n.\r\n.x\r\n" + "y" * 900 + "\r\nend", subject="dots")
    long_line = raw.replace(b"y" * 900, b"y" * 200_000)
    with server.mailbox(drop.username) as somebody:
        somebody.append("INBOX", long_line)
    assert fetch_account(drop).stored == 1
    assert blobs.load(Incoming.objects.get().digest) == long_line


def test_pop3_a_crash_before_quit_brings_nothing_twice(server, drop, monkeypatch, drain):
    """DELE counts only after QUIT: the message is there again, and the ledger knows it."""
    drop.after = Account.After.DELETE
    drop.save()
    server.deliver(drop.username, raw_mail(subject="one"), raw_mail(subject="two"))
    with monkeypatch.context() as crash:
        crash.setattr(pop3.Maildrop, "__exit__", lambda self, *_error: self.server.close())
        assert fetch_account(drop).stored == 2
    with server.mailbox(drop.username) as somebody:
        assert len(somebody.search()) == 2
    assert fetch_account(drop).stored == 0
    with server.mailbox(drop.username) as somebody:
        assert len(somebody.search()) == 0
    drain()
    assert Ticket.objects.count() == 2


def test_pop3_new_words_for_all_messages_bring_nothing_twice(server, drop, drain):
    server.deliver(drop.username, raw_mail(subject="one"), raw_mail(subject="two"))
    fetch_account(drop)
    drain()
    server.renumber(drop.username)
    server.deliver(drop.username, raw_mail(subject="three"))
    assert fetch_account(drop).stored == 3
    drain()
    assert Ticket.objects.count() == 3
    assert Incoming.objects.filter(reason_code="copy").count() == 2


def test_pop3_mail_stays_for_as_many_days_as_wanted(server, drop):
    drop.after, drop.keep_days = Account.After.DELETE, 14
    drop.save()
    server.deliver(drop.username, raw_mail(subject="old"), raw_mail(subject="young"))
    assert fetch_account(drop).stored == 2
    assert fetch_account(drop).stored == 0
    old = Incoming.objects.order_by("pk").first()
    Incoming.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=15))
    fetch_account(drop)
    with server.mailbox(drop.username) as somebody:
        assert len(somebody.search()) == 1
    assert fetch_account(drop).stored == 0


def test_pop3_what_came_before_the_first_day_stays_there_untouched(server, drop):
    drop.start_on = date(2026, 11, 1)
    drop.save()
    old = b"Received: from x by y; Sat, 31 Oct 2026 09:00:00 +0000\r\n" + raw_mail(subject="old")
    new = b"Received: from x by y; Sun, 1 Nov 2026 09:00:00 +0000\r\n" + raw_mail(subject="new")
    with server.mailbox(drop.username) as somebody:
        somebody.append("INBOX", old)
        somebody.append("INBOX", new)
    assert fetch_account(drop).stored == 1
    assert fetch_account(drop).stored == 0
    assert subjects() == ["new"]
    assert Unwanted.objects.count() == 1
    assert list(contents(drop, "INBOX").sizes.values()) == [len(new)]


def test_pop3_too_large_stays_there_and_is_in_the_ledger(server, drop, settings):
    settings.MAIL_MAX_BYTES = 2_000
    server.deliver(drop.username, raw_mail("x\r\n" * 3_000), raw_mail(subject="small"))
    assert (fetch_account(drop).stored, fetch_account(drop).unfetched) == (1, 0)
    assert Incoming.objects.get(digest="").reason_code == "too_large"


@pytest.mark.parametrize(
    ("head", "day"),
    [
        (
            b"Received: a\r\n\tby b; Tue, 17 Nov 2026 23:30:00 -0500\r\nDate: Mon, 1 Jan 2001 00:00:00 +0000",
            "2026-11-18",
        ),
        (b"Date: Mon, 16 Nov 2026 10:00:00 +0100", "2026-11-16"),
        (b"Received: nonsense\r\nDate: Mon, 16 Nov 2026 10:00:00", "2026-11-16"),
        (b"Received: x; Tue, 99 Nov 2026 23:30:00 -0500", None),
        (b"Subject: x", None),
    ],
)
def test_the_day_of_arrival_is_that_of_the_newest_trace(head, day):
    found = pop3.day_of(head)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(("word", "key"), [(b"a" * 100, "a" * 100), (b"a" * 101, 64), ("ü".encode(), 64), (b"x\0", 64)])
def test_words_of_any_kind_name_a_message(word, key):
    found = pop3._key(word)
    assert found == key if isinstance(key, str) else len(found) == key


def test_two_messages_under_one_word_are_two():
    taken: dict[str, int] = {}
    for number in range(3):
        taken[pop3._unused("x", taken)] = number
    assert taken == {"x": 0, "x#2": 1, "x#3": 2}


# ---- encryption


@pytest.mark.parametrize(
    ("protocol", "security", "port"),
    [("imap", "tls", "imaps"), ("imap", "starttls", "port"), ("pop3", "tls", "pop3s"), ("pop3", "starttls", "pop3")],
)
def test_with_tls_in_every_way(server, account, papers, monkeypatch, protocol, security, port):
    account.protocol, account.security, account.port = protocol, security, getattr(server, port)
    account.save()
    server.deliver(account.username, raw_mail())
    summary = fetch_account(account)
    assert (summary.stored, summary.trouble) == (0, "certificate")  # nobody vouches for it
    sentence = try_account(account).sentence
    assert sentence.startswith("The certificate of localhost cannot be trusted: it is self-signed.")
    account.refresh_from_db()
    assert health_of([account])[0].sentence == sentence
    monkeypatch.setenv("SSL_CERT_FILE", str(papers[0]))
    assert fetch_account(account).stored == 1


def test_a_server_without_tls_is_never_told_the_password(server, account, monkeypatch):
    account.security, account.port = "tls", server.port
    summary = fetch_account(account)
    assert summary.trouble in ("no_tls", "broke_off")


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_wrong_password_is_said_plainly_and_repeated_nowhere(server, account, protocol):
    account.protocol, account.port = protocol, server.port if protocol == "imap" else server.pop3
    account.password = "not this"
    account.save()
    trial = try_account(account)
    assert (trial.is_good, trial.sentence) == (False, "The server refused the user name or the password.")
    summary = fetch_account(account)
    account.refresh_from_db()
    assert (summary.trouble, account.failures) == ("password", 1)
    assert account.next_visit_at > timezone.now() + timedelta(minutes=4)
    assert "not this" not in account.last_error + trial.answer
    assert account not in due_accounts()


def test_t62_a_server_inside_is_not_connected_to_unless_the_deployment_says_so(server, account, settings):
    settings.MAIL_NETWORKS = ()
    trial = try_account(account)
    assert trial.sentence.startswith("localhost is in a network that may not be reached from here.")
    assert (fetch_account(account).trouble, trial.answer) == ("forbidden", "")


# ---- folders


def test_mail_is_fetched_from_several_folders_with_any_name(server, account, drain):
    account.more_folders = ["Büro & Köln", "日本語"]
    account.save()
    server.put(account.username, raw_mail(subject="one"))
    with server.mailbox(account.username) as somebody:
        for name in account.more_folders:
            somebody.create_folder(name)
            somebody.append(name, raw_mail(subject=f"in {account.more_folders.index(name)}"))
    assert fetch_account(account).stored == 3
    assert fetch_account(account).stored == 0
    assert sorted(subjects()) == ["in 0", "in 1", "one"]
    assert set(try_account(account).folders) >= {"INBOX", *account.more_folders}
    found = contents(account, "Büro & Köln")
    row = Incoming.objects.get(place=found.place)
    assert (dict(found.sizes), found.uidvalidity) == ({row.uid: row.size}, row.uidvalidity)


def test_what_came_before_the_first_day_is_not_fetched(server, account):
    account.start_on = date(2026, 11, 10)
    account.save()
    with server.mailbox(account.username) as somebody:
        somebody.append("INBOX", raw_mail(subject="old"), (), timezone.now().replace(year=2026, month=11, day=8))
        somebody.append("INBOX", raw_mail(subject="new"), (), timezone.now().replace(year=2026, month=11, day=11))
    assert fetch_account(account).stored == 1
    server.renumber(account.username)
    assert fetch_account(account).stored == 1  # the new one again, which the ledger knows; the old one stays
    assert set(subjects()) == {"new"}


# ---- tokens


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_with_a_token_by_imap_and_pop3(server, account, consent, protocol):
    account.protocol, account.port = protocol, server.port if protocol == "imap" else server.pop3
    account.save()
    server.deliver(account.username, raw_mail())
    assert fetch_account(account).stored == 1


def test_a_token_is_renewed_before_it_ends_and_the_new_refresh_token_is_kept(server, account, consent, tokens):
    assert oauth.access_token(account) == "access-1"
    Consent.objects.update(expires_at=timezone.now() + timedelta(minutes=2))
    assert oauth.access_token(account) == "access-2"
    assert (tokens.asked[1]["grant_type"], tokens.asked[1]["refresh_token"]) == ("refresh_token", "refresh-1")
    Consent.objects.update(expires_at=timezone.now())
    oauth.access_token(account)
    assert tokens.asked[2]["refresh_token"] == "refresh-2"


def test_a_token_that_is_refused_is_forgotten_and_the_next_visit_gets_a_new_one(server, account, consent, tokens):
    tokens.active.clear()
    assert fetch_account(account).trouble == "password"
    assert fetch_account(account).error == ""
    assert len(tokens.asked) == 2


def test_f11_a_withdrawn_leave_stops_the_account_and_touches_no_mail(server, account, consent, tokens):
    account.after = Account.After.DELETE
    account.save()
    server.deliver(account.username, raw_mail())
    Consent.objects.update(expires_at=timezone.now())
    tokens.answer = 400, {"error": "invalid_grant", "error_description": "AADSTS70008: it ended"}
    summary = fetch_account(account)
    assert (summary.trouble, summary.error) == ("ended", "ConsentEnded: invalid_grant AADSTS70008")
    account.refresh_from_db()
    consent.refresh_from_db()
    assert account.is_stopped
    assert account not in due_accounts()
    assert (consent.refused_at is None, consent.refusal) == (False, "invalid_grant AADSTS70008")
    fetch_account(account)
    assert len(tokens.asked) == 2  # nobody asks again
    with server.mailbox(account.username) as somebody:
        assert len(somebody.search()) == 1
        assert len(somebody.search("SEEN")) == 0
    tokens.answer = None
    oauth.redeem(consent, code="again", verifier="y" * 43, back_to="https://desk.example/")
    assert fetch_account(account).stored == 1


def test_f11_a_provider_in_trouble_is_asked_again_later(server, account, consent, tokens):
    Consent.objects.update(expires_at=timezone.now())
    tokens.answer = 503, {}
    assert fetch_account(account).trouble == "tokens"
    account.refresh_from_db()
    assert not account.is_stopped
    tokens.answer = None
    assert fetch_account(account).error == ""


def test_an_application_that_signs_in_by_itself(server, account, tokens, world):
    account.sign_in = "oauth"
    account.save()
    tokens.user, tokens.answer = account.username, None
    tokens.asked.clear()
    consent = Consent(account=account, provider="other", flow="client", client_id="app", token_url=tokens.token_url)
    consent.client_secret = "s3cret"
    save_consent(consent, by=world.alex)
    server.deliver(account.username, raw_mail())
    assert fetch_account(account).stored == 1
    assert (tokens.asked[0]["grant_type"], tokens.asked[0]["client_secret"]) == ("client_credentials", "s3cret")


def test_nobody_has_connected_the_mailbox_yet(account):
    account.sign_in = "oauth"
    account.save()
    summary = fetch_account(account)
    assert summary.trouble == "no_consent"
    assert try_account(account).sentence == "This mailbox has not been connected with its provider yet."


@pytest.mark.parametrize(
    ("provider_", "flow", "protocol", "token", "scope"),
    [
        ("microsoft", "code", "imap", "https://login.microsoftonline.com/t.example/oauth2/v2.0/token", "IMAP.AccessAs"),
        ("microsoft", "code", "pop3", "https://login.microsoftonline.com/t.example/oauth2/v2.0/token", "POP.AccessAs"),
        ("microsoft", "client", "imap", "https://login.microsoftonline.com/t.example/oauth2/v2.0/token", "/.default"),
        ("google", "code", "imap", "https://oauth2.googleapis.com/token", "https://mail.google.com/"),
    ],
)
def test_what_providers_are_asked_for(provider_, flow, protocol, token, scope):
    consent = Consent(account=Account(protocol=protocol), provider=provider_, flow=flow, tenant="t.example")
    assert oauth.endpoints(consent).token == token
    assert scope in oauth.endpoints(consent).scope


# ---- waiting for news


def test_a_server_that_tells_of_new_mail_is_visited_at_once(server, account, transactional_db_free_wait):
    told = transactional_db_free_wait
    server.put(account.username, raw_mail(subject="first"))
    over = threading.Event()
    waiter = idling.Waiter(account, over=over, tell=told.put)
    waiter.start()
    try:
        assert told.get(timeout=10) == account  # something may have come before anybody waited
        server.deliver(account.username, raw_mail(subject="second"))
        assert told.get(timeout=10) == account
    finally:
        over.set()
        waiter.stop()
        waiter._thread.join(5)


@pytest.fixture
def transactional_db_free_wait(monkeypatch):
    """The thread must not touch the test's database."""
    import queue

    monkeypatch.setattr(idling.connection, "close", lambda: None)
    return queue.Queue()


def test_whom_to_wait_for_follows_from_the_accounts(server, account, monkeypatch):
    started = Counter()
    monkeypatch.setattr(idling.Waiter, "start", lambda self: started.update([self.account.pk]))
    waiting = idling.Waiting()
    waiting.look_around()
    assert not started
    fetch_account(account)
    account.refresh_from_db()
    assert account.can_idle
    waiting.look_around()
    waiting.look_around()
    assert started == {account.pk: 1}
    account.password = "another"
    account.save()
    waiting.look_around()
    assert started == {account.pk: 2}
    Account.objects.update(failures=1)
    waiting.look_around()
    assert not waiting._waiters
