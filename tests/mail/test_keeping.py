"""How long the bytes of messages stay, and that letting go of them can be cut off anywhere (C12)."""

import os
import time
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from core import blobs
from mail import keeping
from mail.accounting import unaccounted
from mail.keeping import clear_away, forget_raw, keep_ignored_for
from mail.ledger import delete_incoming, retry_incoming
from mail.models import Incoming, Unneeded
from tests.mail.mails import raw_mail
from tickets.models import Attachment

pytestmark = pytest.mark.usefixtures("own_store")


def is_there(digest: str) -> bool:
    return default_storage.exists(blobs.blob_name(digest))


def age(digest: str, minutes: int = 60) -> None:
    """As if nobody had stored or needed it for so long."""
    path = default_storage.path(blobs.blob_name(digest))
    os.utime(path, (time.time() - minutes * 60,) * 2)
    Unneeded.objects.update(since=timezone.now() - timedelta(minutes=minutes))


@pytest.fixture
def unreadable(take_in) -> Incoming:
    return take_in(b"no message at all " + os.urandom(8).hex().encode(), sender="")


def test_deleting_leaves_the_line_and_takes_the_bytes_a_while_later(unreadable, world):
    assert delete_incoming(unreadable, by=world.alex)
    unreadable.refresh_from_db()
    assert (unreadable.state, unreadable.reason_code, unreadable.reason) == ("ignored", "deleted", "Alex Berger")
    assert unreadable.raw_removed_at is not None
    assert clear_away() == 0
    assert is_there(unreadable.digest)
    age(unreadable.digest)
    assert clear_away() == 1
    assert not is_there(unreadable.digest)
    assert not Unneeded.objects.exists()
    assert list(unaccounted()) == []


def test_what_is_deleted_is_neither_deleted_nor_tried_again(unreadable, world):
    delete_incoming(unreadable, by=world.alex)
    assert not delete_incoming(unreadable, by=world.alex)
    assert not retry_incoming(unreadable, by=world.alex)


def test_a_message_on_a_ticket_is_not_deleted(take_in, world):
    incoming = take_in(raw_mail())
    assert not delete_incoming(incoming, by=world.alex)
    assert not Unneeded.objects.exists()


def test_bytes_that_somebody_else_has_stay(unreadable, take_in, world):
    """The same message waits in another mailbox; its bytes are one file."""
    other = take_in(blobs.load(unreadable.digest), "billing@demo.example", sender="")
    assert other.digest == unreadable.digest
    delete_incoming(unreadable, by=world.alex)
    age(unreadable.digest)
    assert clear_away() == 0
    assert is_there(other.digest)
    delete_incoming(other, by=world.alex)
    age(other.digest)
    assert clear_away() == 1


def test_bytes_that_are_a_file_on_a_ticket_stay(unreadable, take_in, world):
    article = take_in(raw_mail()).article
    Attachment.objects.create(
        article=article, name="a.eml", content_type="message/rfc822", size=1, digest=unreadable.digest
    )
    delete_incoming(unreadable, by=world.alex)
    age(unreadable.digest)
    assert clear_away() == 0
    assert is_there(unreadable.digest)


def test_bytes_that_are_stored_again_meanwhile_stay(unreadable, world):
    """Whoever stored them has no row yet: the time on the file speaks for him."""
    delete_incoming(unreadable, by=world.alex)
    raw = blobs.load(unreadable.digest)
    age(unreadable.digest)
    blobs.store(raw)
    assert clear_away() == 0
    assert blobs.load(unreadable.digest) == raw


@pytest.mark.parametrize("moment", ["before", "moved aside", "removed"])
def test_C12_whoever_is_killed_while_clearing_away_goes_on(unreadable, world, monkeypatch, moment):
    delete_incoming(unreadable, by=world.alex)
    age(unreadable.digest)
    with monkeypatch.context() as killed:
        if moment == "before":
            killed.setattr(keeping, "remove", _killed)
        elif moment == "moved aside":
            killed.setattr("pathlib.Path.unlink", _killed)
        else:
            killed.setattr(Unneeded, "delete", _killed)
        with pytest.raises(KeyboardInterrupt):
            clear_away()
    assert Unneeded.objects.count() == 1
    clear_away()
    assert not Unneeded.objects.exists()
    assert not is_there(unreadable.digest)
    assert not os.path.exists(default_storage.path(blobs.blob_name(unreadable.digest)) + ".gone")  # noqa: PTH110
    assert list(unaccounted()) == []


def test_C12_bytes_stored_while_they_lay_aside_come_back(unreadable, world, monkeypatch):
    """Killed between the two steps, after somebody had refreshed the file in the same instant."""
    path = default_storage.path(blobs.blob_name(unreadable.digest))
    delete_incoming(unreadable, by=world.alex)
    age(unreadable.digest)
    os.rename(path, path + ".gone")  # noqa: PTH104
    os.utime(path + ".gone")
    assert clear_away() == 0
    assert is_there(unreadable.digest)


def test_by_default_everything_is_kept(unreadable, world):
    Incoming.objects.update(received_at=timezone.now() - timedelta(days=4000), state="ignored", reason_code="copy")
    assert forget_raw() == 0


def test_ignored_mail_goes_after_its_days_and_nothing_else(take_in, world):
    raw = raw_mail()
    ticketed, copy, waits, young = take_in(raw), take_in(raw), take_in(b"nothing", sender=""), take_in(raw)
    long_ago = timezone.now() - timedelta(days=31)
    Incoming.objects.exclude(pk=young.pk).update(received_at=long_ago, state_since=long_ago)
    keep_ignored_for(30, by=world.alex)
    assert forget_raw() == 1
    assert forget_raw() == 0
    gone = Incoming.objects.filter(raw_removed_at__isnull=False)
    assert list(gone) == [copy]
    assert {ticketed.state, waits.state, young.state} == {"ticketed", "quarantined", "ignored"}
    age(copy.digest)
    assert clear_away() == 0  # the ticket has the same bytes
    assert is_there(copy.digest)


def test_what_was_set_aside_lately_is_kept_however_old_it_is(unreadable, world):
    long_ago = timezone.now() - timedelta(days=31)
    Incoming.objects.update(received_at=long_ago, state="ignored", reason_code="discarded")
    keep_ignored_for(30, by=world.alex)
    assert forget_raw() == 0


def test_a_little_at_a_time(take_in, world, monkeypatch):
    monkeypatch.setattr(keeping, "BATCH", 2)
    raw = raw_mail()
    for _n in range(6):
        take_in(raw)
    Incoming.objects.update(received_at="2020-01-01T00:00Z", state_since="2020-01-01T00:00Z")
    keep_ignored_for(30, by=world.alex)
    assert [forget_raw() for _n in range(4)] == [2, 2, 1, 0]


def _killed(*_arguments, **_options):
    raise KeyboardInterrupt
