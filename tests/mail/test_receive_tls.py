"""STARTTLS at the mail receiver, where a certificate is set up."""

import os
import smtplib
import ssl

import pytest

from core import blobs
from mail.models import Incoming
from mail.receiver_tls import Certificate
from tests.mail.certificates import certificate
from tests.mail.mails import raw_mail
from tests.mail.test_receive import wire


@pytest.fixture
def papers(settings, tmp_path):
    settings.MAIL_CERTIFICATE, settings.MAIL_CERTIFICATE_KEY = map(str, certificate(tmp_path))
    return settings.MAIL_CERTIFICATE


@pytest.mark.parametrize("kind", [smtplib.SMTP, smtplib.LMTP])
def test_a_message_comes_in_within_tls(papers, receiver, world, kind):
    port = receiver.port + (kind is smtplib.LMTP)
    raw = raw_mail("x" * 5_000)
    with kind("localhost", port, timeout=10) as client:
        client.ehlo()
        assert client.has_extn("starttls")
        client.starttls(context=ssl.create_default_context(cafile=papers))
        client.ehlo()
        assert not client.has_extn("starttls")
        assert not client.has_extn("auth")
        client.sendmail("dana@acme.example", ["support@demo.example"], raw)
    assert blobs.load(Incoming.objects.get().digest) == raw


def test_t37_a_command_that_came_with_starttls_is_forgotten(papers, receiver, world):
    """What was said before the encryption counts for nothing after it (RFC 3207, 4.2)."""
    with wire(receiver.port) as client:
        client.answer()
        client.say("EHLO x")
        client.send(b"STARTTLS\r\nMAIL FROM:<admin@demo.example>\r\nRCPT TO:<support@demo.example>\r\n")
        assert client.answer()[:3] == "220"
        context = ssl.create_default_context(cafile=papers)
        with context.wrap_socket(client.socket, server_hostname="localhost") as inner:
            file = inner.makefile("rb")
            inner.sendall(b"NOOP\r\n")
            assert file.readline()[:3] == b"250"
            inner.sendall(b"RCPT TO:<support@demo.example>\r\n")
            assert file.readline()[:3] == b"503"
            file.close()
    assert not Incoming.objects.exists()


def test_a_renewed_certificate_is_taken_and_a_broken_one_is_not(papers, tmp_path):
    ours = Certificate()
    first = ours.context()
    assert ours.context() is first
    certificate(tmp_path)
    os.utime(papers, (1, 2_000_000_000))
    second = ours.context()
    assert second is not first
    (tmp_path / "certificate.pem").write_text("nonsense")
    os.utime(papers, (1, 2_100_000_000))
    assert ours.context() is second


def test_a_certificate_that_is_not_there_is_said_at_the_start(settings):
    settings.MAIL_CERTIFICATE = settings.MAIL_CERTIFICATE_KEY = "/nowhere/certificate.pem"
    with pytest.raises(FileNotFoundError):
        Certificate()
