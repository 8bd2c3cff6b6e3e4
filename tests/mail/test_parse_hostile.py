"""Messages made to hurt: read in bounded time or refused as too complex, and nothing else ever."""

import base64
import random
import time
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.parse import Message, TooComplex, parse, parse_head
from tests.mail.letters import containers, winmail
from tests.mail.test_parse_corpus import CORPUS

HEAD = b"From: a@b.c\r\nTo: s@d.e\r\nSubject: x\r\n"
MULTI = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def nested(depth: int) -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return HEAD + b"".join(levels) + b"\r\nthe message"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (MULTI + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--", "too many parts"),
        (nested(5_000), "parts nested too deeply"),
        (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 2_000 + b"x", "messages nested too deeply"),
        (b"X-A: b\r\n" * 100_000 + b"\r\nx", "too many header lines"),
        (MULTI + b"--b\r\n\r\n" + b"--\n" * 300_000, "too many lines that look like boundaries"),
    ],
    ids=["T14_10000_parts", "T14_5000_multiparts", "T14_2000_messages", "T15_100000_headers", "T14_300000_boundaries"],
)
def test_T14_T15_beyond_the_limits_it_is_too_complex(raw, reason):
    began = time.process_time()
    with pytest.raises(TooComplex, match=reason):
        parse(raw)
    assert time.process_time() - began < 1


def test_T14_a_thousand_parts_are_fine():
    message = parse(MULTI + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 1_000 + b"--b--")
    assert len(message.attachments) == 1_000


def test_T14_ninety_nine_multiparts_are_fine():
    assert parse(nested(99)).text == "the message"


TNEF = HEAD + b"Content-Type: application/ms-tnef\r\n\r\n"
# Says that it is four megabytes long and repeats what it has said before.
BOMB = (16).to_bytes(4, "little") + (4 << 20).to_bytes(4, "little") + b"LZFu\0\0\0\0" + b"\xff" + b"\x00\x1f" * 400_000


def signatures_within(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\nthe message"
    for _ in range(depth):
        if len(inner) > 60_000:
            break
        inner = b"Content-Type: application/pkcs7-mime\r\n\r\n" + containers.signed(containers.element(4, inner))
    return HEAD + inner


BOUNDED = {
    "T15 16,000 encoded words": b"Subject: " + b"=?utf-8?Q?a=C3=BC?= " * 16_000 + b"\r\n\r\nx",
    "T15 16,000 unknown words": b"Subject: " + b"=?x-foo?Q?a=C3=BC?= " * 16_000 + b"\r\n\r\nx",
    "T15 16,000 addresses": b"To: " + b", ".join(b'"N %d" <n%d@x.de>' % (n, n) for n in range(16_000)) + b"\r\n\r\nx",
    "T15 1,000 nested comments": b"From: " + b"(" * 1_000 + b")" * 1_000 + b" a@b.c\r\n\r\nx",
    "T15 a parameter name of 2,000": b"Content-Type: text/plain; " + b"a" * 2_000 + b"=b\r\n\r\nx",
    "T15 parameters": b"Content-Type: text/plain" + b"; a=b" * 20_000 + b"\r\n\r\nx",
    "T15 blanks in parameters": b"Content-Type: text/plain" + b" " * 500_000 + b"\r\n\r\nx",
    "T15 continuations": b"Content-Type: text/plain" + b"".join(b"; n*%d*=%%41" % n for n in range(999)) + b"\r\n\r\nx",
    "T15 junk between headers": b"From: a@b\r\n" + b"junk line\r\n" * 4_900 + b"To: x@y\r\n\r\nx",
    "references": HEAD + b"References: " + b"<" * 500_000 + b"\r\n\r\nx",
    "one line": b"x" * 5_000_000,
    "NUL": b"\0" * 5_000_000,
    "carriage returns": b"From: a@b\r\rbody\r" * 200_000,
    "broken boundaries": MULTI + b"--b\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\nx\r\n" * 1_900,
    "quoted-printable": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=C3=BC=\r\n" * 300_000,
    "padding": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A=" * 1_000_000,
    "flowed": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \r\n" * 200_000,
    "T16 every byte": HEAD + b"\r\n" + bytes(range(128, 256)) * 10_000,
    "T12 deep HTML": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000 + b"x",
    "T17 an endless calendar": HEAD + b"Content-Type: text/calendar\r\n\r\nRRULE:FREQ=SECONDLY",
    "T64 On On On": HEAD + b"\r\n" + b"On " * 500_000,
    "T15 question marks in words": b"Subject: " + b"=?a?Q?" + b"?" * 500_000 + b"=?a?Q?a?" * 50_000 + b"\r\n\r\nx",
    "T15 commas in From": b"From: " + b"Miller, " * 30_000 + b"<a@b.c>\r\n\r\nx",
    "T16 escapes of Japanese": HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B-!\x1b(B\xb1" * 150_000,
    "uuencode begins": HEAD + b"\r\n" + b"begin 644 a\n" * 200_000,
    "uuencode begins with a line": HEAD + b"\r\n" + b"begin 644 a\n#0V%T\n" * 100_000,
    "uuencode begins, nonsense, ends": HEAD + b"\r\n" + b"begin 644 a\n#0V%T\nfoo bar\n" * 50_000 + b"end\n",
    "enriched": HEAD + b"Content-Type: text/enriched\r\n\r\n" + b"<param>" * 100_000 + b"<<" * 100_000,
    "T17 calendar": HEAD + b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VEVENT\nDTSTART;A=" + b'"' * 400_000 + b":20260101\n",
    "T17 calendar lines": HEAD + b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VEVENT\n" * 20_000 + b"A;B:\n c\n" * 20_000,
    "T17 winmail files": TNEF + winmail.stream(*[winmail.file(b"a", b"b")] * 900),
    "T17 winmail attributes": TNEF + winmail.stream(*[winmail.attribute(1, 1, b"")] * 30_000),
    "T17 winmail values": TNEF + winmail.stream(winmail.words(b"\x1f\x10\x01\x00" + b"\xff\xff\xff\x7f" * 2)),
    "T17 winmail rich text": TNEF + winmail.stream(winmail.words(winmail.value(0x1009, winmail.BINARY, BOMB))),
    "T17 winmail groups": TNEF + winmail.stream(winmail.words(winmail.value(0x1009, winmail.BINARY, winmail.rich_text(b"{\\rtf1" + b"{" * 500_000)))),
    "T40 signatures in signatures": signatures_within(200),
    "T40 endless pieces": HEAD + b"Content-Type: application/pkcs7-mime\r\n\r\n" + b"0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02\xa0\x800\x80\x02\x01\x011\x000\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x01\xa0\x80" + b"$\x80" * 500_000,
    "report in words": b"From: mailer-daemon@b.c\r\nSubject: failure notice\r\n\r\n" + b"<a@b.c>:\n550 no\n" * 50_000 + b"a@" * 200_000,
    "letters within letters": HEAD + (b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.c\r\n" * 250) + b"\r\nx",
    "report": HEAD + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Final-Recipient: rfc822; a@b.c\r\nAction: failed\r\n\r\n" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDED)
def test_T15_hostile_messages_take_bounded_time(name):
    began = time.process_time()
    message = parse(BOUNDED[name])
    assert time.process_time() - began < 2
    assert isinstance(message, Message)


def test_very_long_texts_are_cut_for_reading_and_kept_as_files():
    body = b"line of text\r\n" * 200_000
    message = parse(HEAD + b"\r\n" + body)
    assert len(message.text) == 1024 * 1024 + len("\n[…]")
    assert [(a.name, a.content) for a in message.attachments] == [("text.txt", body)]


def assert_usable(message: Message) -> None:
    """Every value can be stored in PostgreSQL."""
    words = [message.subject, message.text, message.html, message.message_id, *message.references, *message.notes]
    words += [
        part
        for address in (*message.from_addresses, *message.to, *message.cc)
        for part in (address.name, address.address)
    ]
    words += [value for pair in message.headers for value in pair] + [a.name for a in message.attachments]
    for word in words:
        assert "\0" not in word
        word.encode()
    assert "\n" not in message.subject
    assert all(a.name for a in message.attachments)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_T16_any_bytes_are_a_message(raw):
    assert_usable(parse(raw))


_FRAGMENTS = [
    b"\r\n", b"\n", b"\r", b"\0", b"--", b"=?utf-8?Q?", b"?=", b"=?utf-7?B?AAAA?=", b"<", b">", b"(", b'"', b";", b":", b"\xff\xfe", b"\xc3",
    b"charset=utf-16", b"charset=rot13", b"boundary=", b"base64", b"Content-Type: multipart/mixed\r\n\r\n", b"From: x@y\r\n", b"%", b"=", b"\\",
    b"filename*0*=idna''%ff", b"message/rfc822", b"Date: Mon, 99 Foo 99999999999 99:99:99 +999999\r\n", b" ", b"\xed\xa0\x80",
]  # fmt: skip


def test_G5_mutated_messages_never_raise():
    corpus = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
    chance = random.Random(20_260_601)
    began = time.process_time()
    for _ in range(1_000):
        raw = bytearray(chance.choice(corpus))
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(raw) + 1)
            kind = chance.random()
            if kind < 0.4:
                raw[at:at] = chance.choice(_FRAGMENTS)
            elif kind < 0.7:
                del raw[at : at + chance.randint(1, 80)]
            else:
                raw[at : at + 1] = bytes([chance.randrange(256)])
        assert_usable(parse(bytes(raw)))
    assert time.process_time() - began < 20


_NAMES = st.text("abcäöü €\"'日", min_size=1, max_size=12).map(lambda text: f"n{text.strip()}.bin")
_FILES = st.lists(st.tuples(_NAMES, st.binary(max_size=200)), max_size=4)
_LINES = st.lists(st.text("abc äöü.>–日-", max_size=90).map(str.strip), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_LINES, _FILES, st.booleans(), st.text("abc äöü–日[#1]", max_size=60).map(lambda text: " ".join(text.split())))
def test_G5_well_formed_messages_come_back_whole(lines, files, with_html, subject):
    """What the standard library writes, we read: words, files, names."""
    text = "\n".join(lines).strip() or "x"
    built = EmailMessage()
    built["From"] = "Dana <dana@acme.example>"
    built["Subject"] = subject
    built.set_content(text)
    if with_html:
        built.add_alternative(f"<p>{text}</p>", subtype="html")
    for name, content in files:
        built.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    message = parse(built.as_bytes())
    assert message.subject == subject
    assert message.text.strip() == text
    assert bool(message.html) is with_html
    assert [a.content for a in message.attachments] == [content for _, content in files]
    assert [a.name for a in message.attachments] == [
        " ".join(name.replace('"', "_").split()).replace(" .bin", " .bin") for name, _ in files
    ]
    assert message.notes == ()


def test_big_files_pass_through():
    content = random.Random(1).randbytes(6_000_000)
    raw = (
        MULTI
        + b"--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content)
        + b"--b--"
    )
    (attachment,) = parse(raw).attachments
    assert attachment.content == content


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"From: a@b.example\r\nSubject: Deep\r\n\r\n" + nested(500), "Deep"),
        (b"From: a@b.example\nSubject: Deep\n\n" + nested(500), "Deep"),
        (b"From: a@b.example\r\nSubject: Many\r\n" + b"X: y\r\n" * 200_000, "Many"),
        (b"From: a@b.example\rSubject: Old\r\rText", "Old"),
    ],
)
def test_T14_the_header_of_what_is_too_complex_is_read_all_the_same(raw, subject):
    head = parse_head(raw)
    assert (head.subject, head.from_.address) == (subject, "a@b.example")


@pytest.mark.parametrize("raw", [b"", b"\n", b"\xff" * 100_000, b"\n" * 100_000, b"x:" * 2_000_000, b"--a\n" * 50_000])
def test_T14_the_header_of_anything_is_read(raw):
    assert parse_head(raw).html == ""
