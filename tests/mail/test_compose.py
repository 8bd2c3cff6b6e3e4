"""Outgoing messages: exactly the wanted headers and recipients, whatever strangers put into names and subjects."""

import email
import email.policy
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.addresses import Address
from mail.compose import (
    Attachment,
    BadAddress,
    Draft,
    Person,
    check_message_id,
    compose,
    envelope_recipients,
    find_tags,
    make_message_id,
    references_for,
    reply_subject,
    tag_subject,
)
from mail.marks import make_token, read_token
from mail.parse import parse

SECRET = b"s" * 32
ARTICLE = UUID("73870142-f48f-4325-9c47-b4831d2a9b7d")
EVIL = [
    "a\r\nBcc: evil@e.test",
    "a\nBcc: evil@e.test\n\nbody",
    "a\u2028Bcc: evil@e.test",
    "a\u2029\x85\x0b\x0cBcc: evil@e.test",
    "=?utf-8?Q?=0d=0aBcc:_evil@e.test?=",
    "=?utf-8?B?DQpCY2M6IGV2aWxAZS50ZXN0?=",
    '"x" <evil@e.test>,',
    "x, evil@e.test",
    "x <evil@e.test>",
    "Müller, Hans <evil@e.test>",
    "ü" * 30 + ", <evil@e.test>, " + "ö" * 30,
    "x (evil@e.test",
    "x\\",
    'x"; Bcc: y',
    "a\0b",
    "\ud800",
    "x" * 2_000,
    "日本語" * 50,
    "👨\u200d👩\u200d👧" * 30,
]


def draft(**changes) -> Draft:
    values = {
        "from_": Person("Demo Support", "support@demo.example"),
        "to": [Person("Dana Acme", "dana@acme.example")],
        "subject": "[#48213] Printer",
        "text": "Hello",
        "message_id": make_message_id(SECRET, ARTICLE, "demo.example", "48213"),
        "date": datetime(2026, 6, 1, 10, tzinfo=UTC),
    }
    return Draft(**values | changes)


def headers_of(raw: bytes) -> list[str]:
    return [
        line.partition(b":")[0].decode()
        for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
        if line[:1] not in b" \t"
    ]


def assert_safe_for_the_wire(raw: bytes) -> None:
    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_a_plain_message():
    raw = compose(
        draft(
            cc=[Person("", "erik@globex.example")],
            reply_to=Person("", "support+t@demo.example"),
            in_reply_to="<1@x>",
            references=["<0@x>", "<1@x>"],
        )
    )
    assert raw.split(b"\r\n\r\n")[0].decode().split("\r\n") == [
        "From: Demo Support <support@demo.example>",
        "To: Dana Acme <dana@acme.example>",
        "Cc: erik@globex.example",
        "Reply-To: support+t@demo.example",
        "Subject: [#48213] Printer",
        "Date: Mon, 01 Jun 2026 10:00:00 +0000",
        f"Message-ID: {make_message_id(SECRET, ARTICLE, 'demo.example', '48213')}",
        "In-Reply-To: <1@x>",
        "References: <0@x> <1@x>",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 7bit",
        "MIME-Version: 1.0",
    ]
    assert raw.endswith(b"\r\n\r\nHello\r\n")


@pytest.mark.parametrize("evil", EVIL)
def test_T35_T36_names_and_subjects_of_strangers_add_nothing(evil):
    raw = compose(
        draft(
            from_=Person(evil, "support@demo.example"),
            to=[Person(evil, "dana@acme.example"), Person(evil, "erik@globex.example")],
            cc=[Person(evil, "x@y.example")],
            subject=evil,
            headers={"X-Helpdesk-Queue": evil},
            in_reply_to=evil,
            references=[evil, "<1@x>"],
            attachments=[Attachment(evil, evil, b"x", content_id=evil)],
            html="<p>x</p>",
        )
    )
    assert_safe_for_the_wire(raw)
    assert headers_of(raw) == [
        "From",
        "To",
        "Cc",
        "Subject",
        "Date",
        "Message-ID",
        "References",
        "X-Helpdesk-Queue",
        "MIME-Version",
        "Content-Type",
    ]
    for reader in (email.policy.default, email.policy.SMTP):
        read = email.message_from_bytes(raw, policy=reader)
        assert [a.addr_spec for a in read["to"].addresses] == ["dana@acme.example", "erik@globex.example"]
        assert [a.addr_spec for a in read["from"].addresses] == ["support@demo.example"]
        assert [a.addr_spec for a in read["cc"].addresses] == ["x@y.example"]
        assert read["bcc"] is None
    ours = parse(raw)
    assert [a.address for a in ours.to] == ["dana@acme.example", "erik@globex.example"]
    assert len(ours.attachments) == 1


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_T35_any_text_is_safe_in_headers(name, subject):
    raw = compose(draft(to=[Person(name, "dana@acme.example")], subject=subject))
    assert_safe_for_the_wire(raw)
    assert headers_of(raw)[:5] == ["From", "To", "Subject", "Date", "Message-ID"]
    ours = parse(raw)
    assert [a.address for a in ours.to] == ["dana@acme.example"]


@pytest.mark.parametrize(
    "address", ["", "dana", "a@b\r\nRCPT TO:<x@y>", "a b@c", '"a"@b', "a@b,c@d", "jürgen@x.de", "a\u200b@b"]
)
def test_T35_what_is_no_address_is_refused(address):
    with pytest.raises(BadAddress):
        compose(draft(to=[Person("", address)]))
    with pytest.raises(BadAddress):
        envelope_recipients(draft(bcc=[Person("", address)]))


def test_T38_blind_copies_are_in_the_envelope_alone():
    hidden = draft(bcc=[Person("Secret", "secret@x.example")], cc=[Person("", "Dana@acme.example")])
    assert b"secret" not in compose(hidden).lower()
    assert envelope_recipients(hidden) == ("Dana@acme.example", "secret@x.example")


def test_other_domains_become_punycode_without_changing_their_meaning():
    raw = compose(draft(to=[Person("", "a@straße.example")]))
    assert b"To: a@xn--strae-oqa.example\r\n" in raw


def test_umlauts_and_long_subjects_come_back():
    subject = "Grüße an alle – " + "sehr lang " * 30 + "€"
    raw = compose(
        draft(
            subject=subject,
            from_=Person("Jürgen Größe", "support@demo.example"),
            text="Schöne Grüße\n.\nFrom here\n" + "x" * 3_000,
        )
    )
    assert_safe_for_the_wire(raw)
    message = parse(raw)
    assert message.subject == subject.strip()
    assert message.from_ == Address("Jürgen Größe", "support@demo.example")
    assert message.text == "Schöne Grüße\n.\nFrom here\n" + "x" * 3_000


def test_text_html_pictures_and_files_are_arranged():
    raw = compose(
        draft(
            html='<p>Look: <img src="cid:i@x"></p>',
            text="",
            attachments=[
                Attachment("picture ü.png", "image/png", b"PNG", content_id="i@x"),
                Attachment("not shown.png", "image/png", b"GNP", content_id="j@x"),
                Attachment("mail.eml", "message/rfc822", b"Subject: x\n\ny"),
            ],
        )
    )
    assert_safe_for_the_wire(raw)
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
        "application/octet-stream",
    ]
    message = parse(raw)
    assert (message.text, message.html) == ("Look:", '<p>Look: <img src="cid:i@x"></p>')
    assert [(a.name, a.inline, a.content) for a in message.attachments] == [
        ("picture ü.png", True, b"PNG"),
        ("not shown.png", False, b"GNP"),
        ("mail.eml", False, b"Subject: x\n\ny"),
    ]


def test_automatic_mail_says_so():
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in compose(draft(auto_submitted="auto-replied"))
    assert parse(compose(draft(auto_submitted="auto-generated"))).is_automatic


@pytest.mark.parametrize("name", ["Bcc", "to", "Content-Type", "X Y", "X\r\nBcc", ""])
def test_headers_that_are_ours_cannot_be_set(name):
    with pytest.raises(ValueError, match="cannot be set"):
        compose(draft(headers={name: "x"}))


def test_T23_our_message_ids_are_known_again():
    made = make_message_id(SECRET, ARTICLE, "demo.example", "48213")
    assert made.startswith("<48213.73870142f48f43259c47b4831d2a9b7d.")
    own = check_message_id(SECRET, made)
    assert (own.number, own.article) == ("48213", ARTICLE)
    assert check_message_id(SECRET, made.upper()) == own
    assert check_message_id(SECRET, f" {made} ") == own


def test_T23_forged_message_ids_are_foreign():
    made = make_message_id(SECRET, ARTICLE, "demo.example", "48213")
    forged = [
        made.replace("48213", "48214"),
        made.replace("7387", "7388"),
        made.replace("@", "a@"),
        made.rpartition(".")[0].rpartition(".")[0] + "@demo.example>",
        "<48213.73870142f48f43259c47b4831d2a9b7d@demo.example>",
        "<48213.73870142f48f43259c47b4831d2a9b7d." + "a" * 32 + "@demo.example>",
        "<x@y>",
        "",
        "<" * 100_000,
    ]
    assert [check_message_id(SECRET, value) for value in forged] == [None] * len(forged)
    assert check_message_id(b"another secret", made) is None


def test_T22_tokens_are_bound_to_their_purpose():
    token = make_token(SECRET, "bounce", "4711")
    assert len(f"bounce+{token}") <= 64
    assert read_token(SECRET, "bounce", token.upper()) == "4711"
    assert read_token(SECRET, "reply", token) is None
    assert read_token(SECRET, "bounce", token.replace("4711", "4712")) is None
    assert read_token(SECRET, "bounce", "4711.") is None


@pytest.mark.parametrize(
    ("subject", "tags"),
    [
        ("[#48213] Printer", ["48213"]),
        ("Re: AW: [#48213] Printer", ["48213"]),
        ("Re: [Ticket #48213] Printer", ["48213"]),
        ("Re: [Ticket#2026060110000011] Printer", ["2026060110000011"]),
        ("[Support #48213: open] x", ["48213"]),
        ("[#1] [#2] [#1]", ["1", "2"]),
        ("#48213 without brackets", []),
        ("[48213]", []),
        ("[#abc]", []),
        ("[#]", []),
        (" ".join(f"[#{number}]" for number in range(50)), [str(number) for number in range(10)]),
        ("[" * 100_000, []),
    ],
)
def test_tags_are_found(subject, tags):
    assert find_tags(subject) == tags


@pytest.mark.parametrize(
    ("subject", "tagged", "reply"),
    [
        ("Printer", "[#48213] Printer", "Re: [#48213] Printer"),
        ("Re: Printer", "Re: [#48213] Printer", "Re: [#48213] Printer"),
        ("AW: Re[2]: WG: Fwd: [#48213] Printer", "Re: [#48213] Printer", "Re: [#48213] Printer"),
        ("[#48213] Re: [#48213] Printer [#48213]", "Re: [#48213] Printer", "Re: [#48213] Printer"),
        ("[#7] Printer", "[#48213] [#7] Printer", "Re: [#48213] [#7] Printer"),
        ("Re:", "Re: [#48213]", "Re: [#48213]"),
        ("", "[#48213]", "Re: [#48213]"),
        ("Repair: x", "[#48213] Repair: x", "Re: [#48213] Repair: x"),
        ("a\r\nBcc: x", "[#48213] a Bcc: x", "Re: [#48213] a Bcc: x"),
    ],
)
def test_subjects_are_tagged_exactly_once(subject, tagged, reply):
    assert tag_subject(subject, "48213") == tagged
    assert tag_subject(tagged, "48213") == tagged
    assert reply_subject(subject, "48213") == reply
    assert reply_subject(reply, "48213") == reply


def test_references_keep_the_first_and_the_last_ten():
    ids = [f"<{number}@x>" for number in range(30)]
    assert references_for(ids) == ("<0@x>", *ids[20:])
    assert references_for(["<a@x>", "junk", "<b@x>", "<a@x>"]) == ("<b@x>", "<a@x>")
    assert references_for([]) == ()
