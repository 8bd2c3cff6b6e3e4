"""F02, small: ended at each point of intake, five times each, and every message is on exactly one ticket in the end.

The end is a `KeyboardInterrupt`, which no code of ours catches: what had not been committed is gone, as after kill -9.
Whoever got no answer sends again. C4 is in test_fetch.py, C9 to C11 in test_sending.py, C12 in test_keeping.py.
"""

import ctypes
import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.utils import timezone

from core import blobs, work
from mail import intake, sandbox
from mail.accounting import counts, unaccounted
from mail.intake import Envelope, accept, process
from mail.models import Incoming, Outgoing
from tests.mail.mails import raw_mail
from tickets.models import Article, Delivery, Ticket
from tickets.models.article import Sender

TIMES = 5
HERE = Envelope("smtp", sender="dana@acme.example", recipients=("support@demo.example",))


def written(subject: str) -> bytes:
    """By somebody of their own: one address gets one receipt an hour."""
    return raw_mail(subject=subject, sender=f"{subject.replace(' ', '').lower()}@people.example")


def end(*_arguments, **_options):
    raise KeyboardInterrupt


def end_after(function: Callable) -> Callable:
    def done(*arguments, **options):
        function(*arguments, **options)
        raise KeyboardInterrupt

    return done


def crash_in_child(raw: bytes):
    return sandbox.run_limited(_die, raw)


# Before the answer: name -> where it ends.
RECEIVING = {
    "C1 before anything is kept": lambda patch: patch.setattr(intake, "store", end),
    "C2 while the bytes are written": lambda patch: patch.setattr(Path, "rename", end),
    "C2 between the bytes and the row": lambda patch: patch.setattr(Incoming.objects, "create", end),
    "C3 between the row and the answer": lambda patch: patch.setattr(
        Incoming.objects, "create", end_after(Incoming.objects.create)
    ),
}
# Afterwards.
READING = {
    "C5 before it is read": lambda patch: patch.setattr(intake, "load", end),
    "C6 while it is read": lambda patch: patch.setattr(intake, "parse_apart", end),
    "C6 the child that reads it": lambda patch: patch.setattr(intake, "parse_apart", crash_in_child),
    "C7 before the commit": lambda patch: patch.setattr(Incoming, "finish", end),
    "C7 within the commit": lambda patch: patch.setattr(Incoming, "save_work", end_after(Incoming.save_work)),
}


def settle(drain) -> None:
    """Time passes: whatever waits for its next try is due."""
    for _round in range(3):
        Incoming.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        drain()


def assert_each_once(subjects: list[str]) -> None:
    said = Article.objects.filter(sender=Sender.CUSTOMER)
    assert Counter(said.values_list("subject", flat=True)) == Counter(subjects)
    assert Ticket.objects.count() == Outgoing.objects.count() == len(subjects)
    found = counts()
    assert found["ticketed"] == len(subjects)
    assert found["received"] == found["ticketed"] + found["ignored"]
    assert list(unaccounted()) == []


@pytest.mark.parametrize("point", RECEIVING)
def test_F02_ended_before_the_answer_the_sender_repeats_and_nothing_is_lost_or_doubled(
    world, drain, monkeypatch, point, spool_folder
):
    subjects = [f"Mail {n}" for n in range(TIMES)]
    for subject in subjects:
        raw = written(subject)
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            RECEIVING[point](patch)
            accept(raw, HERE)
        accept(b"Received: from a.example by b.example; now\r\n" + raw, HERE)
    settle(drain)
    assert_each_once(subjects)


@pytest.mark.parametrize("point", READING)
def test_F02_ended_while_it_is_dealt_with_the_next_worker_does_all_of_it(
    world, drain, monkeypatch, point, spool_folder
):
    subjects = [f"Mail {n}" for n in range(TIMES)]
    for subject in subjects:
        row = accept(written(subject), HERE)
        with monkeypatch.context() as patch:
            READING[point](patch)
            with suppress(KeyboardInterrupt):
                process(row.pk)
        assert not Article.objects.filter(subject=subject).exists()
    settle(drain)
    assert_each_once(subjects)


def test_F02_C8_ended_before_the_wake_up_the_sweep_finds_all_that_is_to_be_done(world, monkeypatch, spool_folder):
    """No wake-up ever leaves in these tests; here it is asked what the sweeps would send."""
    woken: list[tuple[str, int]] = []
    rows = [accept(written(f"Mail {n}"), HERE) for n in range(TIMES)]
    monkeypatch.setattr(work, "nudge", lambda task, pk: woken.append((task, pk)))
    assert work.sweep(Incoming) == TIMES
    assert [pk for _task, pk in woken] == [rows[0].pk]  # it stands for all: its task goes on
    for row in rows:
        process(row.pk)
    assert work.sweep(Incoming) == 0
    assert work.sweep(Outgoing) == Outgoing.objects.count() == TIMES
    assert work.sweep(Delivery) == Delivery.objects.count()


def test_F02_twice_at_any_time_is_once(world, drain):
    row = accept(raw_mail(), HERE)
    for _run in range(3):
        process(row.pk)
    drain()
    assert Ticket.objects.count() == Outgoing.objects.count() == 1


# ---- poison


MARK = b"X-Poison: "


def reading_poison(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Messages that name a poison get what it does to the child; returns how often which was read."""
    harms = {b"hang": (_hang, {"wall_seconds": 0.2}), b"crash": (_die, {}), b"memory": (_eat, {"memory_mb": 40})}
    harms |= {b"spin": (_spin, {"cpu_seconds": 1})}
    read: Counter = Counter()
    ordinary = intake.parse_apart

    def parse(raw: bytes):
        poison = raw.partition(MARK)[2].partition(b"\r")[0]
        read[poison.decode()] += 1
        if poison not in harms:
            return ordinary(raw)
        harm, limits = harms[poison]
        return sandbox.run_limited(harm, raw, **limits)

    monkeypatch.setattr(intake, "parse_apart", parse)
    return read


def test_F13_poison_goes_to_quarantine_and_keeps_no_other_mail_waiting(world, drain, monkeypatch, spool_folder):
    read = reading_poison(monkeypatch)
    poison = ["hang", "crash", "memory", "crash", "hang", "spin"]
    for n in range(24):
        if n % 4 == 0:
            accept(MARK + poison[n // 4].encode() + b"\r\n" + raw_mail(subject=f"Poison {n}"), HERE)
        else:
            accept(raw_mail(subject=f"Mail {n}"), HERE)
    for pk in Incoming.objects.due().values_list("pk", flat=True):
        process(pk)
    # one round: every ordinary mail is on its ticket, whatever stood before it
    assert counts()["ticketed"] == read[""] == 18
    assert counts()["waiting"] == 6
    settle(drain)
    found = counts()
    assert (found["ticketed"], found["quarantined"], found["waiting"]) == (18, 6, 0)
    assert {row.reason_code for row in Incoming.objects.filter(state="quarantined")} == {"unreadable"}
    # each was tried twice and no more, so a worker loses little with it
    assert {name: read[name] for name in set(poison)} == {"hang": 4, "crash": 4, "memory": 2, "spin": 2}
    assert list(unaccounted()) == []


def test_T17_a_huge_address_card_is_a_file_and_costs_little(take_in):
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\n" + b"NOTE:" + b"x" * 8_000_000 + b"\r\nEND:VCARD\r\n"
    head = b"From: dana@acme.example\r\nSubject: Card\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    part = b'--b\r\nContent-Type: text/vcard; name="card.vcf"\r\nContent-Disposition: attachment\r\n\r\n'
    started = time.process_time()
    incoming = take_in(head + b"--b\r\n\r\nMy card\r\n" + part + card + b"\r\n--b--\r\n")
    assert incoming.state == "ticketed"
    (file,) = incoming.article.attachments.all()
    assert (file.name, file.size) == ("card.vcf", len(card))
    assert time.process_time() - started < 4


def test_what_lies_on_the_disk_without_a_row_is_found_when_it_is_a_message(world, spool_folder):
    """As after the restore of a database that is older than its files."""
    lost = blobs.store(raw_mail(subject="Lost", message_id="<lost@acme.example>"))
    blobs.store(b"the bytes of some file")
    again = raw_mail(subject="Came again", message_id="<again@acme.example>")
    blobs.store(again)
    row = accept(b"Received: by b.example\r\n" + again, HERE)
    process(row.pk)
    assert list(unaccounted()) == []  # for an hour it may be that somebody is still writing the row
    for path in Path(blobs.default_storage.location).glob("blobs/*/*/*"):
        os.utime(path, (time.time() - 7200,) * 2)
    sentence = f"The file {lost} is a message, and no row of the ledger names it."
    assert sentence in list(unaccounted())
    assert sum("is a message" in one for one in unaccounted() if blobs_of(again) in one) == 0


def blobs_of(raw: bytes) -> str:
    return blobs.hashlib.sha256(raw).hexdigest()


def _die(raw: bytes) -> bytes:
    ctypes.string_at(0)
    return raw


def _hang(raw: bytes) -> bytes:
    time.sleep(30)
    return raw


def _eat(raw: bytes) -> bytes:
    return raw * 1_000_000


def _spin(_raw: bytes) -> bytes:
    while True:
        pass
