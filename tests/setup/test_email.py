"""Mailboxes, the ledger and the outbox."""

import re
import socket

import pytest
from django.urls import reverse

import mail.accounts
from accounts.models import ConfigChange
from mail.accounts import Trial
from mail.addressing import is_ours
from mail.models import Account, Address, Incoming, Outgoing
from tests.factories import TicketFactory
from tests.setup import worlds
from tests.setup.imap import mail_server
from web.setup.views import email


def sent(**fields) -> dict:
    data = {"name": "Provider", "host": "imap.demo.example", "port": "993", "security": "tls", "username": "support"}
    data |= {"password": "s3cret", "folder": "INBOX", "after": "keep", "move_to": "", "queue": "", "is_active": "on"}
    return data | fields


@pytest.fixture
def mailbox(world, door) -> Account:
    door.post(reverse("setup:account_new"), sent())
    return Account.objects.get()


def test_a_password_is_sealed_and_never_shown(mailbox, door, last_change):
    assert mailbox.password == "s3cret"
    assert "s3cret" not in mailbox.sealed_password
    page = door.get(reverse("setup:account", args=[mailbox.pk])).content.decode()
    assert "s3cret" not in page
    assert mailbox.sealed_password not in page
    assert last_change().after["sealed_password"] is True
    assert "s3cret" not in str(last_change().after)


def test_an_empty_password_keeps_the_old_one(mailbox, door, last_change):
    door.post(reverse("setup:account", args=[mailbox.pk]), sent(password="", folder="Support"))
    mailbox.refresh_from_db()
    assert (mailbox.folder, mailbox.password) == ("Support", "s3cret")
    assert last_change().before["folder"] == "INBOX"


@pytest.mark.parametrize(
    "moved",
    [{"host": "evil.example"}, {"port": "143"}, {"security": "none"}, {"username": "root"}, {"protocol": "pop3"}],
)
def test_a_stored_password_goes_to_no_other_server(mailbox, door, monkeypatch, moved):
    monkeypatch.setattr(email, "try_account", pytest.fail)
    url, data = reverse("setup:account", args=[mailbox.pk]), sent(password="", **moved)
    said = "Please write the password again"
    for where in (url, reverse("setup:account_test", args=[mailbox.pk])):
        answer = door.post(where, data)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    mailbox.refresh_from_db()
    assert (mailbox.place, mailbox.port, mailbox.security) == ("imap://support@imap.demo.example/INBOX", 993, "tls")
    assert door.post(url, data | {"password": "s3cret"}).status_code == 302


def test_the_way_round_by_another_sign_in_is_closed(mailbox, door):
    url = reverse("setup:account", args=[mailbox.pk])
    door.post(url, sent(password="", sign_in="oauth", host="evil.example"))
    mailbox.refresh_from_db()
    assert (mailbox.host, mailbox.password) == ("evil.example", "")


def test_a_new_password_alone_is_saved_and_noted(mailbox, door, last_change):
    door.post(reverse("setup:account", args=[mailbox.pk]), sent(password="other"))
    mailbox.refresh_from_db()
    assert mailbox.password == "other"
    assert (last_change().before["sealed_password"], last_change().after["sealed_password"]) == (True, "replaced")


def test_what_fetching_notes_survives_saving(mailbox, door):
    Account.objects.update(last_error="no such host", last_success_at="2026-11-20T10:00:00Z")
    door.post(reverse("setup:account", args=[mailbox.pk]), sent(port="143"))
    mailbox.refresh_from_db()
    assert (mailbox.port, mailbox.last_error) == (143, "no such host")
    assert mailbox.last_success_at is not None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"port": "0"}, "port"), ({"host": "imap://x"}, "host"), ({"after": "move"}, "move_to"), ({"name": ""}, "name")],
)
def test_wrong_facts_are_refused(world, door, wrong, field):
    answer = door.post(reverse("setup:account_new"), sent(**wrong))
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert not Account.objects.exists()


def test_the_connection_test_uses_what_is_typed_and_saves_nothing(mailbox, door, monkeypatch, text_of):
    tried = []

    def pretend(account: Account) -> Trial:
        tried.append((account.host, account.password))
        return Trial(is_good=False, sentence="The server refused the user name or the password.", answer="NO")

    monkeypatch.setattr(email, "try_account", pretend)
    before = ConfigChange.objects.count()
    data = sent(host="new.demo.example", password="other")
    page = text_of(door.post(reverse("setup:account_test", args=[mailbox.pk]), data))
    assert tried == [("new.demo.example", "other")]
    assert "The server refused the user name or the password." in page
    part = door.post(reverse("setup:account_test_new"), sent(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    mailbox.refresh_from_db()
    assert mailbox.host == "imap.demo.example"
    assert ConfigChange.objects.count() == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Signed in. The folder INBOX holds 7 messages."),
        ({"password": "wrong"}, "The server refused the user name or the password."),
        ({"folder": "Inbix"}, "Signed in, but there is no folder Inbix."),
        ({"security": "tls"}, "does not speak TLS on port"),
    ],
)
def test_the_connection_test_says_what_it_found(world, door, text_of, fields, said):
    with mail_server() as port:
        data = sent(**{"host": "127.0.0.1", "port": str(port), "security": "none", **fields})
        page = text_of(door.post(reverse("setup:account_test_new"), data))
    assert said in page


def test_a_server_that_is_not_there_is_said_plainly(world, door, text_of):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    page = text_of(door.post(reverse("setup:account_test_new"), sent(host="127.0.0.1", port=str(port))))
    assert f"127.0.0.1 takes no connections on port {port}." in page


def test_a_server_that_says_nothing_is_waited_for_briefly(world, door, text_of, monkeypatch):
    monkeypatch.setattr(mail.accounts, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        data = sent(host="127.0.0.1", port=str(silent.getsockname()[1]), security="none")
        page = text_of(door.post(reverse("setup:account_test_new"), data))
    assert "127.0.0.1 did not answer in time." in page


# ---- the address of a mailbox

HELP = "help@firma.example"


def asked_for_its_address(page: str) -> bool:
    return 'name="own-adds"' in page


def test_a_new_mailbox_makes_its_address_ours(world, door):
    page = door.get(reverse("setup:account_new"), {"provider": "imap", "address": HELP}).content.decode()
    assert re.search(r'name="own-adds"[^>]*checked', page)
    assert re.search(rf'name="own-address"[^>]*value="{HELP}"|value="{HELP}"[^>]*name="own-address"', page)
    own = {"own-adds": "on", "own-address": HELP, "own-queue": world.hardware.pk}
    answer = door.post(reverse("setup:account_new"), sent(username=HELP, **own), follow=True)
    assert Address.objects.get(address=HELP).queue == world.hardware
    assert is_ours(HELP)
    assert ConfigChange.objects.filter(kind="mail.address").count() == 1
    page = answer.content.decode()
    assert "is not one of our addresses" not in page
    assert not asked_for_its_address(page)


def test_the_address_is_that_of_the_user_and_goes_to_the_queue_of_the_mailbox(world, door):
    sent_in = sent(username="Help@Firma.example", queue=world.support.pk, **{"own-adds": "on", "own-address": ""})
    assert door.post(reverse("setup:account_new"), sent_in).status_code == 302
    assert Address.objects.get(address=HELP).queue == world.support


def test_an_address_without_a_queue_saves_nothing(world, door):
    answer = door.post(reverse("setup:account_new"), sent(username=HELP, **{"own-adds": "on"}))
    assert answer.status_code == 422
    assert 'href="#id_own-queue"' in answer.content.decode()
    assert (Account.objects.count(), is_ours(HELP)) == (0, False)


def test_what_is_no_address_or_ours_already_is_left_alone(world, door):
    before = Address.objects.count()
    for name, username in (("A", "support"), ("B", "support@demo.example")):
        answer = door.post(reverse("setup:account_new"), sent(name=name, username=username, **{"own-adds": "on"}))
        assert answer.status_code == 302
        page = door.get(answer["Location"]).content.decode()
        assert not asked_for_its_address(page)
    assert Address.objects.count() == before


def test_a_mailbox_warns_as_long_as_its_address_is_not_ours(world, door, text_of):
    answer = door.post(reverse("setup:account_new"), sent(username=HELP))
    url = answer["Location"]
    assert not is_ours(HELP)
    assert f"{HELP} is not one of our addresses" in text_of(door.get(url))
    wrong = sent(
        username=HELP, password="", **{"own-adds": "on", "own-address": "help@firma", "own-queue": world.billing.pk}
    )
    assert door.post(url, wrong).status_code == 422
    assert not Address.objects.filter(address__contains="firma").exists()
    door.post(url, wrong | {"own-address": HELP})
    assert Address.objects.get(address=HELP).queue == world.billing
    assert "is not one of our addresses" not in text_of(door.get(url))


# ---- the ledger


def test_the_ledger_shows_each_message_and_filters(world, door, text_of, drain):
    worlds.incoming()
    drain()
    worlds.quarantined()
    page = text_of(door.get(reverse("setup:incoming_list")))
    number = Incoming.objects.get(state="ticketed").article.ticket.number
    assert f"#{number}" in page
    assert "It names no sender." in page
    waiting = text_of(door.get(reverse("setup:incoming_list"), {"state": "quarantined"}))
    assert f"#{number}" not in waiting


def test_the_trace_says_why_in_words(world, door, text_of, drain):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    raw = worlds.LETTER.replace(b"Printer", f"Re: Printer [#{ticket.number}]".encode())
    row = worlds.incoming(raw)
    drain()
    page = text_of(door.get(reverse("setup:incoming", args=[row.pk])))
    assert "It came by SMTP for support@demo.example." in page
    assert f"Its subject names #{ticket.number}, and its sender takes part there." in page
    assert "It joined a ticket." in page


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("failure noted", "did not reach everybody. That is noted at the message there."),
        ("no failure", "but of nothing that failed for good."),
    ],
)
def test_the_trace_of_a_delivery_report_says_what_it_reports(world, door, text_of, result, words):
    row = worlds.incoming()
    row.set_aside(Incoming.State.IGNORED, Incoming.Reason.REPORT)
    row.trace = [{"step": "report", "found": "48213", "result": result}]
    row.save()
    page = text_of(door.get(reverse("setup:incoming", args=[row.pk])))
    assert words in page
    assert "#48213" in page
    assert "It needed no ticket of its own." in page
    assert "It is a report about the delivery of a message of ours." in page


def test_the_audit_says_the_reason_in_words(world, door, text_of):
    row = worlds.quarantined()
    door.post(reverse("setup:incoming_retry", args=[row.pk]))
    page = text_of(door.get(reverse("setup:audit_change", args=[ConfigChange.objects.latest("pk").pk])))
    assert "It names no sender." in page
    assert "no_sender" not in page


def test_the_source_is_a_download(world, door):
    row = worlds.quarantined()
    answer = door.get(reverse("setup:incoming_raw", args=[row.pk]))
    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"] == f'attachment; filename="incoming-{row.pk}.eml"'
    assert answer["X-Send-Blob"] == row.digest


def test_mail_on_hidden_tickets_keeps_its_words(world, door, signed_in, drain, text_of):
    """Administrators see tickets by role, not by being administrators."""
    row = worlds.incoming(worlds.LETTER.replace(b"Printer", b"Salary"), "billing@demo.example")
    drain()
    row.refresh_from_db()
    page = text_of(door.get(reverse("setup:incoming_list")))
    assert "Salary" not in page
    assert "on a ticket you may not see" in page
    assert "Salary" not in text_of(door.get(reverse("setup:incoming", args=[row.pk])))
    assert door.get(reverse("setup:incoming_raw", args=[row.pk])).status_code == 404


def test_quarantine_is_tried_again(world, door, drain, last_change):
    row = worlds.quarantined(digest=worlds.incoming().digest)
    door.post(reverse("setup:incoming_retry", args=[row.pk]))
    assert last_change().before["state"] == "quarantined"
    row.refresh_from_db()
    assert (row.state, row.reason_code, row.reason, row.parked_at) == ("received", "", "", None)
    assert row.due_at is not None
    Incoming.objects.exclude(pk=row.pk).delete()
    drain()
    row.refresh_from_db()
    assert row.state == "ticketed"


def test_a_message_is_set_aside_with_audit(world, door, last_change, drain, text_of):
    row = worlds.quarantined()
    door.post(reverse("setup:incoming_discard", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.due_at) == ("ignored", None)
    assert last_change().actor == world.alex
    assert last_change().after["state"] == "ignored"
    assert "Set aside by an administrator" in text_of(door.get(reverse("setup:incoming", args=[row.pk])))


def test_a_message_on_a_ticket_stays_there(world, door, drain):
    row = worlds.incoming()
    drain()
    before = ConfigChange.objects.count()
    for name in ("incoming_retry", "incoming_discard"):
        door.post(reverse(f"setup:{name}", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "ticketed"
    assert ConfigChange.objects.count() == before


def test_T07_a_hostile_subject_is_text(world, door, drain):
    hostile = b"<script>alert(1)</script>"
    row = worlds.incoming(worlds.LETTER.replace(b"Printer", hostile))
    worlds.quarantined(reason=hostile.decode(), sender='"><img src=x>@x.example')
    drain()
    for path in (reverse("setup:incoming_list"), reverse("setup:incoming", args=[row.pk])):
        page = door.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page


# ---- the outbox


def test_without_a_mail_server_messages_are_kept_and_readable(world, door, drain, text_of):
    row = worlds.outgoing(world)
    drain()
    row.refresh_from_db()
    assert row.state == Outgoing.State.KEPT
    assert "No mail leaves this server" in text_of(door.get(reverse("setup:outgoing_list")))
    page = text_of(door.get(reverse("setup:outgoing", args=[row.pk])))
    assert "Turn it off and on." in page
    assert "dana@acme.example" in page
    assert "kept here" in page


def test_with_a_mail_server_the_page_says_nothing_of_that(world, door, settings, text_of):
    settings.SMTP_URL = "smtp://127.0.0.1:25"
    assert "No mail leaves this server" not in text_of(door.get(reverse("setup:outgoing_list")))


def test_the_message_can_be_downloaded(world, door):
    row = worlds.outgoing(world)
    answer = door.get(reverse("setup:outgoing_raw", args=[row.pk]))
    assert answer["Content-Type"] == "message/rfc822"
    assert answer["X-Send-Blob"] == row.digest


def test_only_those_without_it_get_a_failed_message_again(world, door, last_change):
    row = worlds.failed(world)
    door.post(reverse("setup:outgoing_again", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.attempts, row.parked_at) == ("queued", 0, None)
    assert row.due_at is not None
    assert [r["state"] for r in row.recipients] == ["queued", "sent"]
    assert last_change().after == {"state": "queued", "again": ["dana@acme.example"]}


def test_a_sent_message_is_not_sent_again(world, door):
    row = worlds.outgoing(world, state="sent", due_at=None, recipients=[{"address": "a@b.example", "state": "sent"}])
    before = ConfigChange.objects.count()
    door.post(reverse("setup:outgoing_again", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.due_at) == ("sent", None)
    assert ConfigChange.objects.count() == before


def test_mail_of_hidden_tickets_keeps_its_words_in_the_outbox(world, door, text_of):
    row = worlds.failed(world, queue=world.billing)
    listed = text_of(door.get(reverse("setup:outgoing_list")))
    shown = text_of(door.get(reverse("setup:outgoing", args=[row.pk])))
    assert row.subject not in listed + shown
    assert "Turn it off and on." not in shown
    assert "550 no such user" in shown
    assert door.get(reverse("setup:outgoing_raw", args=[row.pk])).status_code == 404
