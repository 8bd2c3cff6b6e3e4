"""Alarms: what counts as trouble, told once per incident, by letters that can never make a ticket."""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConfigChange
from mail import alarms, spool
from mail.addressing import save_address
from mail.alarms import troubles, watch
from mail.letters import send_letter
from mail.models import Account, Address, Incident, Incoming, Letter
from tests.factories import PersonFactory
from tests.mail.mails import raw_mail
from tickets.models import Ticket


def ago(minutes: float):
    return timezone.now() - timedelta(minutes=minutes)


def kinds() -> list[str]:
    return [trouble.kind for trouble in troubles()]


@pytest.fixture
def quiet(world, spool_folder) -> None:
    """Nothing is wrong yet."""
    assert troubles() == []


@pytest.fixture
def waits(quiet, take_in) -> Incoming:
    """In quarantine since 16 minutes."""
    row = take_in(b"no message at all", sender="")
    Incoming.objects.update(state_since=ago(16))
    return row


@pytest.mark.parametrize(("state", "kind"), [("received", "waiting"), ("quarantined", "quarantine")])
@pytest.mark.parametrize(("minutes", "is_trouble"), [(14.5, False), (15.5, True)])
def test_mail_that_stays_too_long_in_a_state_is_trouble(quiet, take_in, state, kind, minutes, is_trouble):
    take_in(b"no message at all", sender="")
    Incoming.objects.update(state=state, state_since=ago(minutes))
    assert kinds() == ([kind] if is_trouble else [])


def test_rows_from_before_there_was_a_time_count_from_when_they_came(quiet, take_in):
    take_in(b"no message at all", sender="")
    Incoming.objects.update(state_since=None, received_at=ago(16))
    (trouble,) = troubles()
    assert (trouble.kind, trouble.number) == ("quarantine", 1)
    assert trouble.since == Incoming.objects.get().received_at


@pytest.mark.parametrize(
    ("success", "error", "after", "is_active", "is_trouble"),
    [
        (14, "no such host", 15, True, False),
        (16, "no such host", 15, True, True),
        (16, "", 15, True, True),
        (16, "", 30, True, False),
        (31, "", 30, True, True),
        (99, "no such host", 15, False, False),
        (None, "", 15, True, False),
        (None, "no such host", 15, True, True),
    ],
)
def test_an_account_is_trouble_after_its_own_time(quiet, success, error, after, is_active, is_trouble):
    at = None if success is None else ago(success)
    facts = {"last_success_at": at, "last_error": error, "silent_after": after, "is_active": is_active}
    Account.objects.create(name="Provider", host="imap.demo.example", username="u", **facts)
    assert kinds() == (["account"] if is_trouble else [])


@pytest.mark.parametrize(("minutes", "is_trouble"), [(14, False), (16, True)])
def test_a_new_account_has_as_long_since_it_was_set_up(quiet, world, minutes, is_trouble):
    account = Account.objects.create(name="Provider", host="imap.demo.example", username="u", last_error="no such host")
    line = {"actor": world.alex, "action": "created", "kind": "mail.account", "object_id": str(account.pk)}
    made = ConfigChange.objects.create(**line, label="Provider", at=ago(minutes))
    assert kinds() == (["account"] if is_trouble else [])
    assert [trouble.since for trouble in troubles()] == [made.at] * is_trouble


@pytest.mark.parametrize(("minutes", "is_trouble"), [(4, False), (6, True)])
def test_a_spool_that_is_not_emptied_is_trouble(quiet, minutes, is_trouble):
    path = spool.put_aside(raw_mail(), "")
    os.utime(path, (time.time() - minutes * 60,) * 2)
    assert kinds() == (["spool"] if is_trouble else [])


def test_asking_costs_the_same_however_much_waits(waits, take_in, queries):
    with queries() as few:
        troubles()
    for n in range(5):
        take_in(f"no message {n}".encode(), sender="")
    Incoming.objects.update(state_since=ago(16))
    with queries() as many:
        assert troubles()[0].number == 6
    assert len(few) == len(many) <= 4


def test_an_incident_is_told_once_to_each_administrator(waits, world):
    PersonFactory(email="olga@demo.example", is_administrator=True)
    PersonFactory(email="gone@demo.example", is_administrator=True, is_active=False)
    assert watch() == 1
    assert [watch() for _minute in range(3)] == [0, 0, 0]
    assert sorted(Letter.objects.values_list("address", flat=True)) == ["alex@demo.example", "olga@demo.example"]


def test_more_of_the_same_is_the_same_incident(waits, take_in):
    watch()
    take_in(b"another one", sender="")
    Incoming.objects.update(state_since=ago(16))
    assert watch() == 0
    assert Incident.objects.get().number == 2


def test_it_is_over_when_nothing_waits_and_tells_again_only_after_an_hour(waits):
    watch()
    Incoming.objects.update(state="ignored")
    watch()
    assert Incident.objects.get().over_at is not None
    Incoming.objects.update(state="quarantined")
    assert watch() == 0  # back within the hour: the same one
    assert Incident.objects.get().over_at is None
    Incident.objects.update(over_at=ago(61))
    assert watch() == 1
    assert Incident.objects.count() == 2


def test_two_that_watch_at_once_begin_one_incident(waits, monkeypatch):
    monkeypatch.setattr(alarms, "SAME", timedelta(0))
    assert watch() + watch() == 1


def test_a_letter_says_what_since_when_and_where(waits, sink):
    watch()
    send_letter(Letter.objects.get())
    (sent,) = sink.sent
    assert sent.recipients == ["alex@demo.example"]
    assert sent.message["Subject"] == "Mail waits in quarantine"
    body = sent.message.get_content()
    assert "Messages that have been there for more than 15 minutes: 1. They could not become tickets" in body
    assert "/admin/email/incoming/?state=quarantined" in body
    assert not Letter.objects.exists()


def test_a_letter_names_its_mailbox(quiet, sink):
    facts = {"last_success_at": ago(20), "name": "Provider\r\nBcc: x@y.example"}
    Account.objects.create(host="imap.demo.example", username="u", **facts)
    watch()
    send_letter(Letter.objects.get())
    (sent,) = sink.sent
    assert sent.message["Subject"] == "The mailbox Provider Bcc: x@y.example cannot be read"
    assert sent.message["Bcc"] is None


def test_nothing_is_sent_of_what_is_over(waits, sink):
    watch()
    Incident.objects.update(over_at=timezone.now())
    send_letter(Letter.objects.get())
    assert sink.sent == []
    assert not Letter.objects.exists()


def test_nothing_is_sent_to_who_is_no_administrator_any_more(waits, world, sink):
    watch()
    world.alex.is_administrator = False
    world.alex.save()
    send_letter(Letter.objects.get())
    assert sink.sent == []


def test_a_letter_can_never_become_a_ticket(waits, world, sink, take_in):
    """An empty return path, marked as automatic; and if somebody passes it on to us, it is known again."""
    watch()
    send_letter(Letter.objects.get())
    (sent,) = sink.sent
    assert sent.sender == ""
    assert sent.message["Auto-Submitted"] == "auto-generated"
    back = take_in(sent.raw, sender="alex@demo.example")
    assert (back.state, back.reason_code) == ("ignored", "own")
    assert not Ticket.objects.exists()


def test_no_letter_goes_to_an_address_of_ours(waits, world):
    save_address(Address(address="alex@demo.example", queue=world.support), by=world.alex)
    assert watch() == 1
    assert not Letter.objects.exists()
