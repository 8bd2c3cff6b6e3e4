"""Why a certificate is not trusted, said with what helps, and how one of one's own is."""

import ssl

import pytest

from mail.connections import try_way
from mail.reach_words import is_about_trust, untrusted
from mail.way_troubles import sentence_of_last, technical, what_is_wrong
from mail.ways import Way
from tests.mail.certificates import certificate
from tests.mail.conftest import running_sink

SAID = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {} (_ssl.c:1006)"
REASONS = [
    ("self-signed certificate", "it is self-signed"),
    ("self signed certificate", "it is self-signed"),
    ("self-signed certificate in certificate chain", "who issued it is not known here"),
    ("unable to get local issuer certificate", "who issued it is not known here"),
    ("unable to verify the first certificate", "who issued it is not known here"),
    ("certificate has expired", "it has expired"),
    ("certificate is not yet valid", "it is not valid yet"),
    ("Hostname mismatch, certificate is not valid for 'mx.example'.", "it was issued for another name"),
    ("IP address mismatch, certificate is not valid for '192.0.2.7'.", "it was issued for another name"),
    ("certificate revoked", "it has been revoked"),
]


@pytest.mark.parametrize(("reason", "words"), REASONS, ids=[reason for reason, _words in REASONS])
def test_why_a_certificate_is_not_trusted(reason, words):
    said = SAID.format(reason)
    assert is_about_trust(said)
    assert untrusted("mx.example", said).startswith(f"The certificate of mx.example cannot be trusted: {words}")


def test_another_reason_is_none_of_these():
    assert untrusted("mx.example", SAID.format("EE key too small")) == (
        "The certificate of mx.example cannot be trusted."
    )


def trouble_with(port: int) -> tuple[str, str]:
    """What is said of a server of ours at once, and later from what was noted."""
    way = Way("environment", "Ours", "localhost", port, "tls", is_ours=True)
    error = try_way(way)
    return what_is_wrong(error, way), sentence_of_last(technical(error), "localhost")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "it is self-signed"),
        ({"days": -2}, "it has expired"),
        ({"name": "elsewhere.example"}, "it was issued for another name"),
    ],
)
def test_real_certificates_and_one_of_our_own_authority(tmp_path, monkeypatch, facts, words):
    files = certificate(tmp_path, **facts)
    papers = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    papers.load_cert_chain(*files)
    with running_sink(tls=papers) as sink:
        if facts:
            monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
        said, noted = trouble_with(sink.port)
        assert said == noted
        assert said.startswith(f"The certificate of localhost cannot be trusted: {words}")
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
        way = Way("environment", "Ours", "localhost", sink.port, "tls", is_ours=True)
        assert (try_way(way) is None) is not bool(facts)
