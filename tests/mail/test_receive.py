"""The SMTP and LMTP doors over real sockets."""

import errno
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as installed
from django.db import OperationalError, connection

from core import blobs, memo
from mail import intake, receive, receiver_room
from mail.models import Incoming
from tests.mail.conftest import free_ports
from tests.mail.mails import raw_mail

ROOT = Path(__file__).resolve().parents[2]


class Wire:
    """A client that says exactly what the test wants."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.file = self.socket.makefile("rb")

    def answer(self) -> str:
        """One answer, with all its lines."""
        lines = []
        while True:
            line = self.file.readline().decode()
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                return "\n".join(lines)

    def say(self, command: bytes | str) -> str:
        self.send(command)
        return self.answer()

    def send(self, data: bytes | str) -> None:
        data = data.encode() if isinstance(data, str) else data
        self.socket.sendall(data if data.endswith(b"\n") else data + b"\r\n")

    def begin(self, *recipients: str, hello: str = "EHLO") -> None:
        self.answer()
        self.say(f"{hello} client.example")
        assert self.say("MAIL FROM:<dana@acme.example>")[:3] == "250"
        for recipient in recipients or ["support@demo.example"]:
            assert self.say(f"RCPT TO:<{recipient}>")[:3] == "250"
        assert self.say("DATA")[:3] == "354"


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.file.close()
        wire.socket.close()


def test_the_raw_message_is_stored_byte_for_byte_when_the_client_hears_250(receiver, world):
    raw = raw_mail("Größe: 5 µm\n.\n..\nfrom here on", subject="Grüße")
    incoming = receiver.hand_in(raw)
    assert blobs.load(incoming.digest) == raw
    assert (incoming.state, incoming.source, incoming.size) == ("received", "smtp", len(raw))
    assert (incoming.envelope_from, incoming.envelope_to) == ("dana@acme.example", ["support@demo.example"])


def test_the_greeting_tells_no_program_and_no_version(receiver):
    with wire(receiver.port) as smtp, wire(receiver.port + 1) as lmtp:
        assert re.fullmatch(r"220 \S+ ESMTP", smtp.answer())
        assert re.fullmatch(r"220 \S+ LMTP", lmtp.answer())
        said = smtp.say("EHLO x") + smtp.say("HELP") + lmtp.say("LHLO x")
        assert not re.search(r"(?i)aiosmtpd|python|250.AUTH|250.STARTTLS", said)


def test_a_recipient_that_is_not_ours_is_refused_and_the_others_are_not(receiver, world):
    with receiver.smtp() as client:
        refused = client.sendmail(
            "dana@acme.example", ["nobody@demo.example", "support@demo.example", "support@other.example"], raw_mail()
        )
        assert {address: answer[0] for address, answer in refused.items()} == {
            "nobody@demo.example": 550,
            "support@other.example": 550,
        }
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("dana@acme.example", ["nobody@demo.example"], raw_mail())
    assert Incoming.objects.get().envelope_to == ["support@demo.example"]


def test_addresses_are_ours_in_any_case_and_no_longer_when_switched_off(receiver, world, monkeypatch):
    monkeypatch.setattr(memo, "MOMENT", 0)  # how long an answer may be old
    with receiver.smtp() as client:
        client.ehlo()
        client.mail("dana@acme.example")
        assert client.rcpt("Support@DEMO.example")[0] == 250
        world.support.mail_addresses.update(is_active=False)
        assert client.rcpt("support@demo.example")[0] == 550


def test_too_large_by_announcement_and_by_content_is_552(receiver, world, settings):
    settings.MAIL_MAX_BYTES = 20_000
    with receiver.smtp() as client:
        client.ehlo()
        assert client.mail("dana@acme.example", ["SIZE=20001"])[0] == 552
        client.esmtp_features.pop("size")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("dana@acme.example", ["support@demo.example"], raw_mail("x\n" * 10_000))
        assert refused.value.smtp_code == 552
        client.sendmail("dana@acme.example", ["support@demo.example"], raw_mail())
    assert Incoming.objects.count() == 1


def test_very_long_lines_are_taken(receiver, world):
    raw = b"Subject: one line\r\n\r\n" + b"x" * 3_000_000 + b"\r\n"
    assert receiver.hand_in(raw).size == len(raw)


def test_a_command_of_that_length_is_not(receiver):
    with wire(receiver.port) as client:
        client.answer()
        assert client.say("EHLO " + "x" * 200_000) == "500 Command line too long"


def test_the_null_sender_is_taken(receiver, world):
    assert receiver.hand_in(raw_mail(), sender="").envelope_from == ""


def test_international_addresses_are_taken(receiver, world):
    with receiver.smtp() as client:
        client.ehlo()
        client.sendmail("jürgen@exämple.de", ["support@demo.example"], raw_mail(), ["SMTPUTF8"])
    assert Incoming.objects.get().envelope_from == "jürgen@exämple.de"


def test_a_sender_in_broken_utf8_is_taken_as_far_as_it_can_be_read(receiver, world):
    with wire(receiver.port) as client:
        client.answer()
        client.say("EHLO x")
        assert client.say(b"MAIL FROM:<j\xfcrgen@acme.example>")[:3] == "250"
        client.say("RCPT TO:<support@demo.example>")
        client.say("DATA")
        assert client.say("Subject: x\r\n\r\nx\r\n.")[:3] == "250"
    assert Incoming.objects.get().envelope_from == "j\ufffdrgen@acme.example"


@pytest.mark.parametrize("trouble", [OperationalError("the database is away"), OSError(errno.ENOSPC, "disk full")])
def test_f08_trouble_while_storing_is_451_and_the_repeated_message_comes_in_once(receiver, world, monkeypatch, trouble):
    raw = raw_mail()
    with monkeypatch.context() as broken:
        broken.setattr(intake, "store", _raise(trouble))
        with receiver.smtp() as client, pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("dana@acme.example", ["support@demo.example"], raw)
    assert refused.value.smtp_code == 451
    assert "disk" not in str(refused.value)
    assert not Incoming.objects.exists()
    receiver.hand_in(raw)
    assert Incoming.objects.count() == 1


def test_trouble_while_looking_up_a_recipient_is_451_not_550(receiver, world, monkeypatch):
    monkeypatch.setattr(receive, "address_for", _raise(OperationalError("away")))
    with receiver.smtp() as client:
        client.ehlo()
        client.mail("dana@acme.example")
        assert client.rcpt("support@demo.example")[0] == 451


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n"])
@pytest.mark.parametrize("door", [0, 1], ids=["smtp", "lmtp"])
def test_t37_only_a_proper_end_ends_a_message_so_nothing_can_be_smuggled(receiver, world, end, door):
    smuggled = b"MAIL FROM:<admin@demo.example>\r\nRCPT TO:<support@demo.example>\r\nDATA\r\nSubject: forged\r\n\r\nx"
    with wire(receiver.port + door) as client:
        client.begin(hello="LHLO" if door else "EHLO")
        client.send(b"Subject: honest\r\n\r\nfirst" + end + smuggled)
        assert client.say(b"\r\n.\r\n")[:3] == "250"
        assert client.say("NOOP")[:3] == "250"
    raw = blobs.load(Incoming.objects.get().digest)
    assert raw.startswith(b"Subject: honest\r\n\r\nfirst")
    assert raw.count(b"Subject: forged") == 1


def test_t37_a_command_after_starttls_is_not_carried_over(receiver, world):
    with wire(receiver.port) as client:
        client.answer()
        client.say("EHLO x")
        client.send(b"STARTTLS\r\nMAIL FROM:<admin@demo.example>\r\n")
        assert client.answer()[:3] == "454"


def test_f08_slow_clients_keep_nobody_else_waiting(receiver, world, monkeypatch):
    with ExitStack() as all_of_them:
        for _number in range(12):
            slow = all_of_them.enter_context(wire(receiver.port))
            slow.begin()
            slow.send("Subject: one line now and then")
        assert receiver.hand_in(raw_mail()).state == "received"
        with wire(receiver.port + 1) as lmtp:
            lmtp.begin(hello="LHLO")


def test_a_message_that_comes_too_slowly_is_sent_away(receiver, world, monkeypatch):
    monkeypatch.setattr(receiver_room, "GRACE_SECONDS", 0.2)
    with wire(receiver.port) as slow:
        slow.begin()
        assert slow.answer() == receive.NO_ROOM
        assert slow.file.read() == b""
    assert not Incoming.objects.exists()
    assert receiver.hand_in(raw_mail()).state == "received"


def test_a_message_that_waits_for_us_is_not_slow(receiver, world, monkeypatch):
    monkeypatch.setattr(receiver_room, "GRACE_SECONDS", 0.2)
    store = receive._store

    def slowly(*arguments):
        time.sleep(0.5)
        return store(*arguments)

    monkeypatch.setattr(receive, "_store", slowly)
    assert receiver.hand_in(raw_mail()).state == "received"


def test_one_peer_takes_only_so_many_places(receiver, world, monkeypatch):
    monkeypatch.setattr(receiver_room, "MOST_OF_PEER", 2)
    monkeypatch.setattr(receiver_room, "WAIT_SECONDS", 0.1)
    with wire(receiver.port) as first, wire(receiver.port) as second, wire(receiver.port) as third:
        first.begin()
        second.begin()
        third.answer()
        for command in ("EHLO x", "MAIL FROM:<dana@acme.example>", "RCPT TO:<support@demo.example>"):
            third.say(command)
        assert third.say("DATA") == receive.NO_ROOM
        assert first.say("Subject: x\r\n\r\nx\r\n.")[:3] == "250"
        with wire(receiver.port) as fourth:
            fourth.begin()


def test_more_bytes_than_there_is_room_for_are_sent_away(receiver, world, monkeypatch):
    monkeypatch.setattr(receiver_room, "MOST_LARGE", 0.001)
    with wire(receiver.port) as first:
        first.begin()
        # in one line, which the library holds without looking at it
        for _number in range(int(0.001 * installed.MAIL_MAX_BYTES / 1000) + 1):
            first.socket.sendall(b"x" * 1000)
        assert first.answer() == receive.NO_ROOM
    assert not Incoming.objects.exists()
    assert receiver.hand_in(raw_mail()).state == "received"


def test_a_client_that_hangs_up_within_a_message_leaves_nothing(receiver, world):
    with wire(receiver.port) as client:
        client.begin()
        client.send(b"Subject: half\r\n\r\nThe other half never")
    receiver.hand_in(raw_mail())
    assert Incoming.objects.count() == 1


def test_a_client_that_hangs_up_before_the_250_and_repeats_makes_one_ticket(receiver, world, monkeypatch, drain):
    raw = raw_mail()
    entered, go_on, real = threading.Event(), threading.Event(), intake.accept

    def slow(*arguments):
        entered.set()
        go_on.wait(5)
        return real(*arguments)

    with monkeypatch.context() as slowly:
        slowly.setattr(intake, "accept", slow)
        with wire(receiver.port) as client:
            client.begin()
            client.send(raw + b".\r\n")
            assert entered.wait(5)
        go_on.set()
    receiver.hand_in(raw)
    drain()
    assert sorted(Incoming.objects.values_list("state", "reason_code", "reason")) == [
        ("ignored", "copy", str(Incoming.objects.order_by("pk")[0].pk)),
        ("ticketed", "", ""),
    ]


def test_a_message_for_two_queues_comes_in_twice_and_for_two_addresses_of_one_queue_once(receiver, world):
    world.support.mail_addresses.create(address="help@demo.example")
    recipients = ["support@demo.example", "billing@demo.example", "help@demo.example"]
    with receiver.smtp() as client:
        assert client.sendmail("dana@acme.example", recipients, raw_mail()) == {}
    assert sorted(Incoming.objects.values_list("envelope_to", flat=True)) == [
        ["billing@demo.example"],
        ["support@demo.example", "help@demo.example"],
    ]


def test_lmtp_answers_for_each_recipient(receiver, world, monkeypatch):
    real = intake.accept

    def only_support(raw, envelope):
        if "billing@demo.example" in envelope.recipients:
            raise OperationalError("away")
        return real(raw, envelope)

    monkeypatch.setattr(intake, "accept", only_support)
    with wire(receiver.port + 1) as client:
        client.begin("billing@demo.example", "support@demo.example", "billing@demo.example", hello="LHLO")
        client.send(raw_mail() + b".\r\n")
        assert [client.answer()[:3] for _recipient in range(3)] == ["451", "250", "451"]
        assert client.say("NOOP")[:3] == "250"
    assert Incoming.objects.get().source == "lmtp"


def test_smtp_has_one_answer_and_a_repeat_adds_only_what_was_missing(receiver, world, monkeypatch, drain):
    real, fails = intake.accept, [True]

    def later(raw, envelope):
        if "billing@demo.example" in envelope.recipients and fails.pop():
            raise OperationalError("away")
        return real(raw, envelope)

    monkeypatch.setattr(intake, "accept", later)
    raw, recipients = raw_mail(), ["support@demo.example", "billing@demo.example"]
    with receiver.smtp() as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("dana@acme.example", recipients, raw)
        fails.append(False)
        client.sendmail("dana@acme.example", recipients, raw)
    assert refused.value.smtp_code == 451
    drain()
    assert sorted(Incoming.objects.filter(state="ticketed").values_list("article__ticket__queue__path", flat=True)) == [
        "Billing",
        "Support",
    ]


def test_lmtp_answers_for_each_recipient_when_the_message_is_too_large(receiver, world, settings):
    settings.MAIL_MAX_BYTES = 2_000
    with wire(receiver.port + 1) as client:
        client.begin("billing@demo.example", "support@demo.example", hello="LHLO")
        client.send(raw_mail("x\n" * 2_000) + b".\r\n")
        assert [client.answer()[:3] for _recipient in range(2)] == ["552", "552"]
        assert client.say("NOOP")[:3] == "250"
        assert client.say("DATA")[:3] == "503"


def test_more_recipients_than_anybody_needs_are_asked_to_come_again(receiver, world, monkeypatch):
    monkeypatch.setattr(receive, "MAX_RECIPIENTS", 2)
    with wire(receiver.port) as client:
        client.answer()
        client.say("EHLO x")
        client.say("MAIL FROM:<>")
        assert [client.say("RCPT TO:<support@demo.example>")[:3] for _time in range(3)] == ["250", "250", "452"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_the_command_stops_cleanly_and_whatever_got_250_is_there(world, tmp_path):
    """SIGTERM in the middle of four clients' mail: each 250 has its row, and its bytes."""
    port = free_ports()
    process = _command(port, tmp_path)
    answered: list[str] = []
    clients = [threading.Thread(target=_send_until_refused, args=[port, n, answered]) for n in range(4)]
    for client in clients:
        client.start()
    while len(answered) < 40:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    process.stdout.close()
    for client in clients:
        client.join(5)
    stored = [tmp_path / "files" / blobs.blob_name(row.digest) for row in Incoming.objects.all()]
    subjects = {re.search(rb"(?m)^Subject: (.*?)\r$", path.read_bytes())[1].decode() for path in stored}
    assert set(answered) <= subjects


def _command(port: int, data: Path) -> subprocess.Popen[str]:
    database = connection.settings_dict
    query = urlencode({"host": database["HOST"], "port": database["PORT"]})
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}:{quote(database['PASSWORD'])}@/{database['NAME']}?{query}",
        "HELPDESK_SECRET_KEY": installed.SECRET_KEY,
        "HELPDESK_DATA": str(data),
        "HELPDESK_MAIL_PORT": str(port),
    }
    command = [sys.executable, "manage.py", "mail_receiver"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("Receiving mail")
    return process


def _send_until_refused(port: int, client: int, answered: list[str]) -> None:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
            for number in range(10_000):
                subject = f"client {client} mail {number}"
                server.sendmail("dana@acme.example", ["support@demo.example"], raw_mail(subject=subject))
                answered.append(subject)
    except (OSError, smtplib.SMTPException):
        return


def _raise(error: Exception):
    def fail(*_arguments, **_options):
        raise error

    return fail
