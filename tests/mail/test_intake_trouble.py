"""Hostile and broken mail, and trouble of our own."""

import ctypes
import re

import pytest
from django.utils import timezone
from django.utils.translation import override

from core import blobs, memo
from core.memo import for_a_moment
from core.work import KILLED
from mail import intake, sandbox
from mail.ledger import reason_shown, retry_incoming
from mail.models import Incoming, Outgoing
from tests.mail.mails import lines, raw_mail
from tests.mail.stories import DANA, answered, our_message_id
from tests.mail.test_receive import wire
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Ticket

HOSTILE_NAMES = [
    ("../../x", "x"),
    ("..\\..\\x", "x"),
    ("/etc/x", "x"),
    ("CON", "_CON"),
    ("\u200b.htaccess", "htaccess"),
    ("ha\u202egnp.exe", "hagnp.exe"),
    ("a\x00b", "ab"),
    ("x" * 5_000 + ".pdf", "x" * 146 + ".pdf"),
    ("", "file"),
]


@pytest.mark.parametrize(("name", "shown"), HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_t05_names_of_files_are_shown_cleaned_and_never_paths(take_in, name, shown):
    encoded = "".join(f"%{byte:02x}" for byte in name.encode())
    part = (
        "--b\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{encoded}\r\n\r\nbytes\r\n--b--"
    )
    raw = lines(f"From: {DANA}", 'Content-Type: multipart/mixed; boundary="b"', "Subject: x", body=part)
    (file,) = take_in(raw).article.attachments.all()
    assert file.name == shown
    assert file.content() == b"bytes"
    assert blobs.blob_name(file.digest).endswith(file.digest)


def test_t05_a_line_break_hidden_in_a_file_name_is_a_blank(take_in):
    part = (
        "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment;"
        " filename*=utf-8''a%0d%0aBcc:%20evil@e.test.txt\r\n\r\nx\r\n--b--"
    )
    raw = lines(f"From: {DANA}", 'Content-Type: multipart/mixed; boundary="b"', body=part)
    (file,) = take_in(raw).article.attachments.all()
    assert file.name == "a Bcc_ evil@e.test.txt"


INJECTIONS = [
    "=?utf-8?Q?Hi=0d=0aBcc:_evil@e.test?=",
    "=?utf-8?Q?Hi=E2=80=A8Bcc:_evil@e.test=00?=",
    "Hi\r\n\tBcc: evil@e.test",
]


@pytest.mark.parametrize("injection", INJECTIONS)
def test_t35_nothing_in_a_strangers_headers_adds_a_header_or_recipient_to_what_we_send(
    receiver, world, drain, sink, injection
):
    with wire(receiver.port) as client:
        client.begin()
        client.send(f"From: {injection} <new@people.example>\r\nSubject: {injection}\r\n\r\nx\r\n")
        assert client.say(".")[:3] == "250"
    drain()
    ticket = Ticket.objects.get()
    reply(
        ticket,
        Message(text="Hello", to=[{"name": ticket.customer.name, "address": ticket.customer.email}]),
        by=world.bea,
    )
    drain()
    receipt, answer = sink.sent
    for sent in (receipt, answer):
        assert sent.recipients == ["new@people.example"]
        head = sent.raw.partition(b"\r\n\r\n")[0]
        assert not re.search(rb"(?mi)^bcc", head)
        assert sent.message["Bcc"] is None
        assert len(sent.message.get_all("To")) == len(sent.message.get_all("Subject")) == 1
        assert [address.addr_spec for address in sent.message["To"].addresses] == ["new@people.example"]
    assert "\n" not in ticket.title + ticket.customer.name


def test_t36_a_name_that_looks_like_two_recipients_is_a_name(receiver, world, drain, sink):
    receiver.hand_in(raw_mail())
    world.dana.name = '"x" <evil@e.test>,'
    world.dana.save()
    ticket = Ticket.objects.first() or (drain(), Ticket.objects.get())[1]
    reply(ticket, Message(text="Hello"), by=world.bea)
    drain()
    answer = sink.sent[-1]
    assert answer.recipients == [DANA]
    assert [address.addr_spec for address in answer.message["To"].addresses] == [DANA]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no_sender"),
        (b"From: undisclosed\r\n\r\nx", "no_sender"),
        (b'From: <"a b"@c.example>\r\n\r\nx', "bad_sender"),
        (b"\x00" * 1000, "no_sender"),
    ],
)
def test_what_cannot_become_a_ticket_waits_in_quarantine_with_a_reason(take_in, raw, reason):
    incoming = take_in(raw, sender="")
    assert (incoming.state, incoming.article, incoming.due_at) == ("quarantined", None, None)
    assert (incoming.reason_code, incoming.reason) == (reason, "")
    assert blobs.load(incoming.digest) == raw


@pytest.mark.parametrize("reason", Incoming.Reason.values)
def test_every_reason_is_said_in_the_readers_language(reason):
    incoming = Incoming(reason_code=reason, reason="17")
    with override("en"):
        assert reason_shown(incoming).startswith(str(Incoming.Reason(reason).label))
    with override("de"):
        assert reason_shown(incoming).startswith(str(Incoming.Reason(reason).label))
    assert "17" in reason_shown(incoming)


def test_reasons_from_before_there_were_codes_are_shown_as_they_are():
    assert reason_shown(Incoming(reason="The message names no sender.")) == "The message names no sender."


def test_t14_a_mail_that_is_too_complex_is_quarantined_at_once_and_stops_no_other(take_in):
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _part in range(10_000))
    head = b"From: A <a@b.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@b.example>\r\n"
    bomb = head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    incoming = take_in(bomb)
    assert incoming.state == "quarantined"
    assert (incoming.reason_code, incoming.reason) == ("too_complex", "too many parts")
    assert reason_shown(incoming).endswith("It has too many parts.")
    # Its header says who it is from and what it is about, which the ledger shows.
    assert (incoming.sender, incoming.subject, incoming.message_id) == ("a@b.example", "Grüße", "<1@b.example>")
    assert take_in(raw_mail()).state == "ticketed"


def test_f13_a_parser_that_dies_is_tried_twice_and_then_it_is_the_message(world, monkeypatch):
    monkeypatch.setattr(intake, "parse_apart", lambda raw: sandbox.run_limited(_die, raw))
    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA))
    intake.process(incoming.pk)
    incoming.refresh_from_db()
    assert (incoming.state, incoming.attempts) == ("received", 1)
    assert incoming.due_at > timezone.now()
    Incoming.objects.update(due_at=timezone.now())
    intake.process(incoming.pk)
    incoming.refresh_from_db()
    assert incoming.state == "quarantined"
    assert (incoming.reason_code, incoming.reason[:9]) == ("unreadable", "the child")
    assert (incoming.sender, incoming.subject) == (DANA, "Printer does not print")


def _die(raw: bytes) -> bytes:
    ctypes.string_at(0)
    return raw


def test_a_message_that_kills_the_worker_itself_is_set_aside_after_some(world, monkeypatch):
    def killed(_raw):
        raise SystemExit  # no reader of its own dies here, and nobody is left to say so

    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA))
    begun = timezone.now() - intake.SUSPICIOUS
    with monkeypatch.context() as dangerous:
        dangerous.setattr(intake, "parse_apart", killed)
        with pytest.raises(SystemExit):
            intake.process(incoming.pk)
        Incoming.objects.update(due_at=begun)
        for _try in range(len(Incoming.backoff) + 1):
            with pytest.raises(SystemExit):
                intake.process(incoming.pk)
        intake.process(incoming.pk)
    incoming.refresh_from_db()
    assert [line["step"] for line in incoming.journal] == ["received", *["begun"] * 5, "quarantined"]
    assert (incoming.state, incoming.due_at, incoming.reason_code) == ("quarantined", None, "unreadable")
    assert incoming.reason == KILLED
    retry_incoming(incoming, by=world.alex)
    Incoming.objects.update(due_at=begun)
    intake.process(incoming.pk)
    incoming.refresh_from_db()
    assert incoming.state == "ticketed"


def test_what_merely_waited_long_is_read_like_any_other(world, monkeypatch):
    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA))
    Incoming.objects.update(due_at=timezone.now() - intake.SUSPICIOUS)
    with monkeypatch.context() as broken:
        broken.setattr(intake, "place", lambda *_arguments, **_options: 1 / 0)
        intake.process(incoming.pk)
    incoming.refresh_from_db()
    assert (incoming.attempts, incoming.begun_in_vain) == (1, 0)
    Incoming.objects.update(due_at=timezone.now() - intake.SUSPICIOUS)
    intake.process(incoming.pk)
    incoming.refresh_from_db()
    steps = ["received", "begun", "failed", "begun", "parsed", "matched", "ticketed"]
    assert [line["step"] for line in incoming.journal] == steps
    assert incoming.attempts == 1


def test_trouble_of_ours_is_tried_again_with_growing_pauses_and_parked_after_the_last(world, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("no room")

    monkeypatch.setattr(intake, "place", broken)
    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA))
    pauses = []
    for _try in range(5):
        Incoming.objects.update(due_at=timezone.now())
        intake.process(incoming.pk)
        incoming.refresh_from_db()
        pauses.append(incoming.due_at and round((incoming.due_at - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 5, 30, 120, None]
    assert (incoming.state, incoming.reason_code) == ("quarantined", "trouble")
    assert reason_shown(incoming) == "Every try to make a ticket of it failed. no room"
    assert incoming.parked_at is not None
    assert not Ticket.objects.exists()


def test_c07_a_crash_before_the_commit_leaves_nothing_and_the_next_run_does_all(world, monkeypatch):
    def crash(*_arguments, **_options):
        raise RuntimeError("killed here")

    incoming = intake.accept(raw_mail(), intake.Envelope("smtp", sender=DANA, recipients=("support@demo.example",)))
    with monkeypatch.context() as crashing:
        crashing.setattr(Incoming, "finish", crash)
        intake.process(incoming.pk)
    assert not Ticket.objects.exists()
    assert not Outgoing.objects.exists()
    Incoming.objects.update(due_at=timezone.now())
    intake.process(incoming.pk)
    assert Ticket.objects.count() == Outgoing.objects.count() == 1


def test_a_worker_asks_no_more_than_this_for_a_mail(world, queries, monkeypatch):
    """BEGIN, COMMIT and savepoints included: what is put together and answered here bounds the mails per second."""
    monkeypatch.setattr(memo, "WITHIN", 60)  # on a busy machine, too, the moment is not over in between

    def kept(subject: str, sender: str) -> int:
        envelope = intake.Envelope("smtp", sender=sender, recipients=("support@demo.example",))
        return intake.keep(raw_mail(subject=subject, sender=sender), envelope).pk

    with for_a_moment():
        intake.process(kept("To get warm", "first@people.example"))
        with queries() as at_the_door:
            new = kept("Somebody new", "new@people.example")
        known = kept("Known", "dana@acme.example")
        with queries() as for_somebody_new:
            intake.process(new)
        number = Ticket.objects.get(title="Somebody new").number
        joins = kept(f"Re: Somebody new [#{number}]", "new@people.example")
        with queries() as for_a_known_one:
            intake.process(known)
        with queries() as for_one_that_joins:
            intake.process(joins)
    # only this transaction need not wait for the disk: the door has said yes already, and whoever sends waits again
    assert [sum("synchronous_commit" in q["sql"] for q in asked) for asked in (for_somebody_new, at_the_door)] == [1, 0]
    assert len(for_somebody_new) <= 37
    assert len(for_a_known_one) <= 37
    assert len(for_one_that_joins) <= 33


def test_dealing_with_a_mail_costs_the_same_number_of_queries_however_much_there_is(take_in, world, queries):
    with queries() as few:
        take_in(raw_mail("first"))
    ticket = answered(take_in, world)
    for number in range(5):
        take_in(raw_mail(f"no. {number}", in_reply_to=our_message_id(ticket)))
    with queries() as many:
        take_in(raw_mail("last"))
    assert len(many) <= len(few)
