"""The parser on single messages: headers, bodies, charsets, files. Corpus and hostile input have files of their own."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mail.addresses import Address
from mail.parse import parse
from mail.printing import to_json


def message(*headers: str, body: str | bytes = "Hello", crlf: str = "\r\n") -> bytes:
    """A raw message; header lines as text in UTF-8, the body as it is."""
    head = crlf.join([*headers, "", ""]).encode()
    return head + (body.encode() if isinstance(body, str) else body)


def mixed(*parts: bytes, kind: str = "mixed", boundary: str = "=_b") -> bytes:
    """A multipart body with its Content-Type header in front, to be used as a whole message or as a part."""
    inside = b"".join(b"\r\n--" + boundary.encode() + b"\r\n" + part for part in parts)
    return (
        f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
        + inside[2:]
        + f"\r\n--{boundary}--\r\n".encode()
    )


def part(content_type: str, body: str | bytes, *headers: str) -> bytes:
    return message(f"Content-Type: {content_type}", *headers, body=body)


# Headers


def test_a_plain_message_is_read():
    parsed = parse(
        message(
            "From: Dana Acme <dana@acme.example>",
            "To: Support <support@demo.example>, billing@demo.example",
            "Cc: Erik <erik@globex.example>",
            "Reply-To: Office <office@acme.example>",
            "Sender: robot@acme.example",
            "Subject: Printer is on fire",
            "Date: Mon, 1 Jun 2026 10:00:00 +0200",
            "Message-ID: <1@acme.example>",
            "In-Reply-To: <0@demo.example>",
            "References: <a@demo.example> <0@demo.example>",
            "Delivered-To: support@demo.example",
            "X-Original-To: help@demo.example",
            "Return-Path: <dana@acme.example>",
            "Received: by x",
            "Received: by y",
            body="Please help.\r\n\r\nDana\r\n",
        )
    )
    assert parsed.subject == "Printer is on fire"
    assert parsed.from_ == Address("Dana Acme", "dana@acme.example")
    assert not parsed.from_ambiguous
    assert parsed.to == (Address("Support", "support@demo.example"), Address("", "billing@demo.example"))
    assert parsed.cc == (Address("Erik", "erik@globex.example"),)
    assert parsed.reply_to == (Address("Office", "office@acme.example"),)
    assert parsed.sender == Address("", "robot@acme.example")
    assert parsed.date == datetime(2026, 6, 1, 10, tzinfo=timezone(timedelta(hours=2)))
    assert parsed.message_id == "<1@acme.example>"
    assert parsed.in_reply_to == "<0@demo.example>"
    assert parsed.references == ("<a@demo.example>", "<0@demo.example>")
    assert parsed.delivered_to == ("support@demo.example", "help@demo.example")
    assert parsed.return_path == "dana@acme.example"
    assert parsed.received_count == 2
    assert parsed.text == "Please help.\n\nDana"
    assert parsed.html == ""
    assert parsed.attachments == ()
    assert parsed.notes == ()
    assert not parsed.is_automatic
    assert not parsed.is_bounce


@pytest.mark.parametrize("crlf", ["\r\n", "\n", "\r"])
def test_every_kind_of_line_end_works(crlf):
    parsed = parse(message("From: a@b.c", "Subject: x", crlf=crlf, body=f"one{crlf}two"))
    assert (parsed.from_.address, parsed.subject, parsed.text) == ("a@b.c", "x", "one\ntwo")


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe?= aus K=?utf-8?Q?=C3=B6?=ln", "Grüße aus Köln"),
        ("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
        ("=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?Q?one?= =?utf-8?Q?_two?= three", "one two three"),
        ("=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет"),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?us-ascii?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?x-unknown?Q?abc?=", "abc"),
        ("=?utf-7?Q?+ADw-script+AD4-?=", "+ADw-script+AD4-"),
        ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8?Q?a=0d=0aBcc:_evil@e.test?=", "a Bcc: evil@e.test"),
        ("Grüße roh", "Grüße roh"),
        ("folded\r\n\tover two lines", "folded over two lines"),
        ("=?utf-8?Q?broken", "=?utf-8?Q?broken"),
        ("100 =? 200 ?=", "100 =? 200 ?="),
        ("", ""),
    ],
)
def test_subjects_in_every_dress(header, subject):
    assert parse(message("From: a@b.c", f"Subject: {header}")).subject == subject


def test_raw_latin_bytes_in_headers():
    assert parse(b"From: J\xfcrgen <j@x.de>\r\nSubject: Gr\xfc\xdfe\r\n\r\nx").from_.name == "Jürgen"
    assert parse(b"Subject: Gr\xfc\xdfe\r\n\r\nx").subject == "Grüße"


@pytest.mark.parametrize(
    ("headers", "ambiguous"),
    [
        (["From: a@b.c"], False),
        (["From: A <a@b.c>"], False),
        (["From: a@b.c", "From: d@e.f"], True),
        (["From: a@b.c", "From: a@b.c"], True),
        (["From: a@b.c, d@e.f"], True),
        (['From: "d@e.f" <a@b.c>'], True),
        (["From: alice@good)bob@evil"], True),
        (["From: =?utf-8?q?d=40e=2Ef?=@b.c"], True),
        (["From: Nobody"], True),
        (["From:"], True),
        ([], True),
    ],
)
def test_T26_an_ambiguous_sender_is_unproven(headers, ambiguous):
    assert parse(message(*headers)).from_ambiguous is ambiguous


def test_T27_reply_to_does_not_change_who_wrote():
    parsed = parse(message("From: a@b.c", "Reply-To: x@y.z"))
    assert parsed.from_.address == "a@b.c"
    assert [address.address for address in parsed.reply_to] == ["x@y.z"]


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Mon, 1 Jun 2026 10:00:00 +0000", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("1 Jun 2026 10:00 -0000", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 GMT", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 +02:00", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 GMT+2", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 CEST", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 EST", datetime(2026, 6, 1, 15, tzinfo=UTC)),
        ("Mon Jun  1 10:00:00 2026", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("2026-06-01T10:00:00.123+02:00", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("2026-06-01 10:00", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 GMT+0200", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 +5:30", datetime(2026, 6, 1, 4, 30, tzinfo=UTC)),
        ("Monday, June 1, 2026 10:00 PM", datetime(2026, 6, 1, 22, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 12:30:00 AM +0000", datetime(2026, 6, 1, 0, 30, tzinfo=UTC)),
        ("Mo, 1 Okt 2026 10:00:00 +0200", datetime(2026, 10, 1, 8, tzinfo=UTC)),
        ("lun, 1 de junio de 2026 10:00:00 +0200", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("Seg, 1 dez. 2026 10:00:00 +0000", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:60 +0000", datetime(2026, 6, 1, 10, 0, 59, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00 +9999", None),
        ("Mon, 31 Feb 2026 10:00:00 +0000", None),
        ("Mon, 1 Jun 9999 23:59:59 -1200", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(header, date):
    assert parse(message(f"Date: {header}")).date == date


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("<a@b>", "<a@b>"),
        ("a@b", "<a@b>"),
        ("Your mail of Monday <a@b> <c@d>", "<a@b>"),
        ("nothing", ""),
        ("<a\r\n b@c>", "<ab@c>"),
    ],
)
def test_ids_are_found_in_whatever_stands_around_them(header, value):
    assert parse(message(f"In-Reply-To: {header}")).in_reply_to == value


def test_long_chains_of_references_keep_both_ends():
    ids = [f"<{number}@x>" for number in range(500)]
    found = parse(message("References: " + " ".join(ids))).references
    assert (len(found), found[0], found[1], found[-1]) == (100, "<0@x>", "<401@x>", "<499@x>")


def test_headers_can_be_asked_for():
    parsed = parse(message("X-Thing: one", "x-thing: two\r\n  folded", "X-Loop: support@demo.example"))
    assert parsed.header("X-THING") == "one"
    assert parsed.all_headers("x-thing") == ("one", "two folded")
    assert parsed.header("missing") == ""
    assert parsed.loop_headers == ("support@demo.example",)


def test_mbox_separator_and_broken_lines_do_not_hide_headers():
    raw = b"From dana@acme.example Mon Jun  1 10:00:00 2026\nSubject: very long\nsubject without fold\nFrom: a@b.c\n\nbody"
    parsed = parse(raw)
    assert (parsed.subject, parsed.from_.address, parsed.text) == ("very long subject without fold", "a@b.c", "body")
    assert parsed.notes == ("mbox separator line skipped", "broken header line")


def test_a_missing_empty_line_does_not_hide_the_body():
    parsed = parse(b"From: a@b.c\nSubject: x\nHello there\n\nsecond")
    assert (parsed.subject, parsed.text) == ("x", "Hello there\n\nsecond")
    assert parsed.notes == ("no empty line between header and body",)


# Text


@pytest.mark.parametrize(
    ("content_type", "body", "text", "note"),
    [
        ("text/plain; charset=utf-8", "Grüße".encode(), "Grüße", ""),
        ("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße", ""),
        ("text/plain; charset=ISO-8859-1", b"\x80 5 \x93quoted\x94", "€ 5 “quoted”", ""),
        ("text/plain; charset=iso-8859-1", "Grüße".encode(), "Grüße", "charset iso-8859-1 was wrong: used utf-8"),
        ("text/plain; charset=utf-8", b"Gr\xfc\xdfe", "Grüße", "charset utf-8 was wrong: used windows-1252"),
        ("text/plain", b"Gr\xfc\xdfe", "Grüße", "charset unknown: used windows-1252"),
        ("text/plain", "Grüße".encode(), "Grüße", "charset unknown: used utf-8"),
        ("text/plain; charset=us-ascii", "Grüße".encode(), "Grüße", "charset us-ascii was wrong: used utf-8"),
        ("text/plain; charset=x-klingon", b"Gr\xfc\xdfe", "Grüße", "charset x-klingon is not known"),
        ("text/plain; charset=unknown-8bit", b"Gr\xfc\xdfe", "Grüße", "charset unknown: used windows-1252"),
        ("text/plain; charset=utf-7", b"+ADw-b+AD4-", "+ADw-b+AD4-", "charset utf-7 is not known"),
        ("text/plain; charset=rot13", b"uryyb", "uryyb", "charset rot13 is not known"),
        ("text/plain; charset=idna", b"abc", "abc", "charset idna is not known"),
        ("text/plain; charset=unicode_escape", b"C:\\new\\x41", "C:\\new\\x41", "charset unicode_escape is not known"),
        ('text/plain; charset="koi8-r"', "Привет".encode("koi8-r"), "Привет", ""),
        ("text/plain; charset=windows-1251", "Привет".encode("cp1251"), "Привет", ""),
        (
            "text/plain",
            "Здравствуйте, принтер сломался".encode("cp1251"),
            "Здравствуйте, принтер сломался",
            "charset unknown: used windows-1251",
        ),
        ("text/plain; charset=gb2312", "打印机坏了 囧".encode("gb18030"), "打印机坏了 囧", ""),
        ("text/plain; charset=ks_c_5601-1987", "프린터".encode("cp949"), "프린터", ""),
        ("text/plain; charset=iso-2022-jp", "プリンター".encode("iso2022-jp"), "プリンター", ""),
        ("text/plain", "プリンター".encode("iso2022-jp"), "プリンター", "charset unknown: used iso-2022-jp"),
        ("text/plain; charset=shift_jis", "プリンター①".encode("cp932"), "プリンター①", ""),
        ("text/plain; charset=utf-16", "Grüße".encode("utf-16"), "Grüße", ""),
        ("text/plain; charset=utf-8", "Grüße".encode("utf-16"), "Grüße", ""),
        ("text/plain; charset=utf-16le", "Gr\xfc\xdfe and more".encode("utf-16-le"), "Grüße and more", ""),
        ("text/plain; charset=utf-8", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße", ""),
        ("text/plain; charset=utf-8", b"a\0b", "ab", "NUL bytes removed"),
        (
            "text/plain; charset=utf-8",
            "Grüße, ein langer Text mit Umlauten äöü".encode()[:-1],
            "Grüße, ein langer Text mit Umlauten äö\ufffd",
            "not all bytes are valid utf-8: replaced",
        ),
        ("text/plain; charset==?utf-8?Q?x?=", b"abc", "abc", "charset x is not known"),
    ],
)
def test_T16_any_charset_and_any_lie_about_it(content_type, body, text, note):
    parsed = parse(
        message("From: a@b.c", f"Content-Type: {content_type}", "Content-Transfer-Encoding: 8bit", body=body)
    )
    assert parsed.text == text
    if note:
        assert note in parsed.notes
    parsed.text.encode()
    assert "\0" not in parsed.text


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("quoted-printable", b"Gr=C3=BC=C3=9Fe =\r\nund mehr=\r\n", "Grüße und mehr"),
        ("Quoted-Printable", b"a=ZZb=", "a=ZZb"),
        ("base64", base64.encodebytes("Grüße und mehr".encode()), "Grüße und mehr"),
        ("base64", b"R3LD\r\nvMOf\r\nZQ", "Grüße"),
        ("BASE64", b"R3L D!vMO*fZQ==", "Grüße"),
        (
            "base64",
            base64.encodebytes(b"Hello.\n") + b"_____\r\nThe list's footer",
            "Hello.\n\n_____\nThe list's footer",
        ),
        ("base64", base64.b64encode(b"one ") + b"\r\n" + base64.b64encode(b"two"), "one two"),
        ("8bit", "Grüße".encode(), "Grüße"),
        ("x-what", b"plain", "plain"),
    ],
)
def test_transfer_encodings(encoding, body, text):
    assert (
        parse(
            message("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}", body=body)
        ).text
        == text
    )


def test_windows_paths_arrive_unharmed():
    body = "C:\\new\\temp\\x41 and \\\\server\\users\\u00e4"
    assert parse(message("From: a@b.c", body=body)).text == body


def test_flowed_text_is_put_together():
    body = "This is a paragraph that \r\ngoes on.\r\n> quoted words \r\n> go on\r\n-- \r\nDana\r\n"
    parsed = parse(message("Content-Type: text/plain; format=flowed", body=body))
    assert parsed.text == "This is a paragraph that goes on.\n> quoted words go on\n-- \nDana"
    parsed = parse(message("Content-Type: text/plain; format=flowed; delsp=yes", body="Donau \r\ndampf\r\n"))
    assert parsed.text == "Donaudampf"


def test_html_only_has_a_text_with_its_lines():
    parsed = parse(message("Content-Type: text/html; charset=utf-8", body="<p>One<br>two</p><p>Grüße</p>"))
    assert parsed.html == "<p>One<br>two</p><p>Grüße</p>"
    assert parsed.text == "One\ntwo\n\nGrüße"


def test_html_may_name_its_own_charset():
    body = (
        b'<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head>'
        + "Привет".encode("cp1251")
    )
    assert parse(message("Content-Type: text/html", body=body)).text == "Привет"


# Structure


def test_alternatives_give_text_and_html():
    raw = mixed(part("text/plain", "plain"), part("text/html", "<p>rich</p>"), kind="alternative")
    parsed = parse(raw)
    assert (parsed.text, parsed.html, parsed.attachments) == ("plain", "<p>rich</p>", ())


def test_inline_pictures_and_files_are_told_apart():
    html = part("text/html", '<p>See <img src="cid:logo@x"></p>')
    logo = part("image/png", b"PNG", "Content-ID: <logo@x>", "Content-Disposition: inline; filename=logo.png")
    stray = part("image/gif", b"GIF", "Content-ID: <other@x>")
    related = mixed(html, logo, stray, kind="related", boundary="r")
    alternative = mixed(part("text/plain", "See"), related, kind="alternative", boundary="a")
    pdf = part("application/pdf", b"PDF", 'Content-Disposition: attachment; filename="plan.pdf"')
    parsed = parse(mixed(alternative, pdf))
    assert (parsed.text, parsed.html) == ("See", '<p>See <img src="cid:logo@x"></p>')
    found = [(a.name, a.content_type, a.content, a.inline, a.content_id) for a in parsed.attachments]
    assert found == [
        ("logo.png", "image/png", b"PNG", True, "logo@x"),
        ("image.gif", "image/gif", b"GIF", False, "other@x"),
        ("plan.pdf", "application/pdf", b"PDF", False, ""),
    ]


def test_several_texts_are_joined_in_order():
    parsed = parse(
        mixed(
            part("text/plain", "one"),
            part("image/png", b"x"),
            part("text/html", "<p>two</p>"),
            part("text/plain", "three <3"),
        )
    )
    assert parsed.text == "one\n\ntwo\n\nthree <3"
    assert parsed.html == "<p>one</p>\n<p>two</p>\n<p>three &lt;3</p>"
    assert len(parsed.attachments) == 1


def test_texts_sent_as_files_are_files():
    raw = mixed(
        part("text/plain", "body"),
        part("text/plain", "log", 'Content-Disposition: attachment; filename="app.log"'),
        part("text/html", "<p>x</p>", 'Content-Disposition: inline; filename="report.html"'),
        part('text/plain; name="notes.txt"', "notes"),
        part("text/csv", "a,b"),
        part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR"),
    )
    parsed = parse(raw)
    assert (parsed.text, parsed.html) == ("body", "")
    assert [a.name for a in parsed.attachments] == [
        "app.log",
        "report.html",
        "notes.txt",
        "table.csv",
        "invitation.ics",
    ]


def test_embedded_messages_stay_whole_and_are_named_by_their_subject():
    inner = message("From: x@y.z", "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe/..?=", body="inner")
    parsed = parse(mixed(part("text/plain", "see below"), part("message/rfc822", inner)))
    assert parsed.text == "see below"
    assert [(a.name, a.content_type, a.content) for a in parsed.attachments] == [
        ("Grüße-...eml", "message/rfc822", inner)
    ]


def test_digests_hold_messages():
    raw = mixed(
        message(body=message("Subject: one", body="1")), message(body=message("Subject: two", body="2")), kind="digest"
    )
    assert [a.name for a in parse(raw).attachments] == ["one.eml", "two.eml"]


def test_tnef_signatures_and_unknown_types_are_kept():
    raw = mixed(
        part("text/plain", "signed"),
        part("application/ms-tnef", b"x"),
        part("application/pgp-signature", b"y"),
        part("application/x-thing", b"z"),
        kind="signed",
    )
    assert [a.name for a in parse(raw).attachments] == ["winmail.dat", "signature.asc", "file"]


def test_a_message_that_is_one_file():
    parsed = parse(
        message(
            "Content-Type: application/pdf; name=scan.pdf",
            "Content-Transfer-Encoding: base64",
            body=base64.b64encode(b"PDF"),
        )
    )
    assert parsed.text == ""
    assert [(a.name, a.content) for a in parsed.attachments] == [("scan.pdf", b"PDF")]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=a b.pdf; size=3", "a b.pdf"),
        ("attachment; filename*=utf-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
        ("attachment; filename*0*=utf-8''%e2%82; filename*1*=%ac; filename*2=.pdf", "€.pdf"),
        ('attachment; filename*1=".pdf"; filename*0="name"', "name.pdf"),
        ("attachment; filename=plain.pdf; filename*=iso-8859-1'de'%fc.pdf", "ü.pdf"),
        ('attachment; filename="=?utf-8?B?w7wucGRm?="', "ü.pdf"),
        ('attachment; filename="=?utf-8?Q?=C3=BC?=\r\n =?utf-8?Q?=2Epdf?="', "ü.pdf"),
        ("attachment; filename=ü.pdf", "ü.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\y.doc"', "y.doc"),
        ("attachment; filename*=utf-8''a%0d%0aX-Evil:%20b.txt", "a X-Evil_ b.txt"),
        ('attachment; filename="\u200b.htaccess"', "htaccess"),
        ('attachment; filename="x.pdf', "x.pdf"),
        ('attachment; filename=""', "document.pdf"),
        ("attachment", "document.pdf"),
        ("attachment; " + "a" * 2_000 + "=b; filename=c.pdf", "c.pdf"),
    ],
)
def test_T05_names_of_files_in_every_dress(header, name):
    raw = mixed(part("text/plain", "x"), part("application/pdf", b"PDF", f"Content-Disposition: {header}"))
    assert [a.name for a in parse(raw).attachments] == [name]


def test_pictures_pasted_into_html_become_attachments():
    png = base64.b64encode(b"\x89PNG picture").decode()
    html = f'<p><img alt="x" src="data:image/png;base64,{png}"><img src=\'data:image/png;base64,{png}\'><img src="data:text/html,x"></p>'
    parsed = parse(message("Content-Type: text/html", body=html))
    (picture,) = parsed.attachments
    assert (picture.name, picture.content, picture.inline) == ("picture-1.png", b"\x89PNG picture", True)
    assert parsed.html.count(f"cid:{picture.content_id}") == 2
    assert "data:image" not in parsed.html


# Broken structure


def test_a_missing_boundary_is_guessed():
    raw = b"Content-Type: multipart/mixed\r\n\r\n--XX\r\nContent-Type: text/plain\r\n\r\none\r\n--XX\r\nContent-Type: image/png\r\n\r\npng\r\n--XX--\r\n"
    parsed = parse(raw)
    assert (parsed.text, [a.content for a in parsed.attachments]) == ("one", [b"png"])
    assert parsed.notes == ("boundary wrong or missing: guessed",)


def test_a_wrong_boundary_is_guessed():
    raw = (
        b'Content-Type: multipart/mixed; boundary="YY"\r\n\r\n--XX\r\nContent-Type: text/plain\r\n\r\none\r\n--XX--\r\n'
    )
    assert parse(raw).text == "one"


def test_a_multipart_without_parts_is_text():
    parsed = parse(b'Content-Type: multipart/mixed; boundary="YY"\r\n\r\njust words')
    assert parsed.text == "just words"
    assert parsed.notes == ("multipart without parts: read as text",)


def test_a_message_cut_off_in_the_middle_keeps_what_came():
    raw = mixed(part("text/plain", "words"), part("image/png", b"x" * 1_000))
    parsed = parse(raw[:-500])
    assert parsed.text == "words"
    assert len(parsed.attachments[0].content) > 400


def test_an_inner_multipart_that_is_not_closed_ends_with_the_outer():
    inner = b'Content-Type: multipart/alternative; boundary="in"\r\n\r\n--in\r\n\r\nwords'
    parsed = parse(mixed(inner, part("image/png", b"png")))
    assert (parsed.text, [a.content for a in parsed.attachments]) == ("words", [b"png"])


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\n\r\n", b"\0", b"\xff\xfe", b"just words", b":", b" \n \n", b"From", b"\r"]
)
def test_anything_is_a_message(raw):
    assert parse(raw).from_ is None


# Who sent it


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["From: a@b.c"], ""),
        (["From: a@b.c", "Auto-Submitted: no"], ""),
        (["From: a@b.c", "Return-Path: <a@b.c>", "Precedence: normal"], ""),
        (["From: a@b.c", "Auto-Submitted: auto-replied (vacation)"], "Auto-Submitted: auto-replied"),
        (["From: a@b.c", "Return-Path: <>"], "null return path"),
        (["From: a@b.c", "Precedence: bulk"], "Precedence: bulk"),
        (["From: a@b.c", "Precedence: junk"], "Precedence: junk"),
        (["From: a@b.c", "List-Id: <l.example>"], "header list-id"),
        (["From: a@b.c", "List-Unsubscribe: <mailto:x@y>"], "header list-unsubscribe"),
        (["From: a@b.c", "X-Auto-Response-Suppress: DR, OOF, AutoReply"], "X-Auto-Response-Suppress"),
        (["From: a@b.c", "X-Autoreply: yes"], "header x-autoreply"),
        (["From: MAILER-DAEMON@b.c"], "sent by MAILER-DAEMON@b.c"),
        (["From: a@b.c", "Subject: Automatische Antwort: Ihre Anfrage"], "subject of an absence notice"),
        (["From: a@b.c", "Subject: Out of office printer"], "subject of an absence notice"),
        (["From: a@b.c", "Subject: Dana Miller/ACME is out of the office."], "subject of an absence notice"),
        (
            ["From: a@b.c", "Subject: Dana Miller ist nicht im =?utf-8?Q?B=C3=BCro?= (bis 15.6.)"],
            "subject of an absence notice",
        ),
        (["From: a@b.c", "Subject: Automatisch antwoord: x"], "subject of an absence notice"),
        (["From: a@b.c", "Subject: Who is out of the office printer?"], ""),
        (["From: a@b.c", "Subject: Resposta =?utf-8?Q?autom=C3=A1tica?=: x"], "subject of an absence notice"),
    ],
)
def test_T31_automatic_mail_is_recognised(headers, reason):
    parsed = parse(message(*headers))
    assert parsed.automatic == reason
    assert parsed.is_automatic is bool(reason)


def test_T34_a_delivery_report_is_read_by_field():
    status = "Reporting-MTA: dns; mx.x.example\r\n\r\nFinal-Recipient: rfc822; Dana@acme.example\r\nAction: Failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\nFinal-Recipient: rfc822;<erik@globex.example>\r\nAction: delayed\r\nStatus: 4.4.1 (later)\r\n"
    original = message("From: support@demo.example", "Message-ID: <48213.x.y@demo.example>", body="old")
    raw = mixed(
        part("text/plain", "Sorry."),
        part("message/delivery-status", status),
        part("message/rfc822", original),
        kind="report",
    )
    parsed = parse(message("From: Mailer <mailer-daemon@x.example>", body=b"")[:-2] + raw)
    assert parsed.is_bounce
    assert parsed.bounce.original_message_id == "<48213.x.y@demo.example>"
    assert [(r.address, r.action, r.status, r.diagnostic) for r in parsed.bounce.recipients] == [
        ("Dana@acme.example", "failed", "5.1.1", "smtp; 550 no such user"),
        ("erik@globex.example", "delayed", "4.4.1", ""),
    ]
    assert [a.name for a in parsed.attachments] == ["delivery-status.txt", "message.eml"]


def test_T34_exim_reports_are_recognised():
    parsed = parse(
        message(
            "From: MAILER-DAEMON@x",
            "X-Failed-Recipients: a@b.c, d@e.f",
            body="failed\n\n------\nMessage-ID: <1@x>\nSubject: y\n",
        )
    )
    assert [(r.address, r.action) for r in parsed.bounce.recipients] == [("a@b.c", "failed"), ("d@e.f", "failed")]
    assert parsed.bounce.original_message_id == "<1@x>"


def test_a_report_about_reading_is_no_bounce():
    raw = mixed(part("text/plain", "Read."), part("message/disposition-notification", "Disposition: x"), kind="report")
    assert not parse(raw).is_bounce


# The form for people and programs


def test_the_json_form_has_the_agreed_names():
    content = b"\x89PNG"
    raw = mixed(
        part("text/html", '<p>Hi <img src="cid:i@x"></p>'),
        part("image/png", content, "Content-ID: <i@x>", "Content-Disposition: inline; filename=i.png"),
        kind="related",
    )
    head = message(
        "From: Dana <dana@acme.example>",
        "To: support@demo.example",
        "Subject: x",
        "Date: Mon, 1 Jun 2026 10:00:00 +0200",
        "Message-ID: <1@x>",
        "References: <0@x>",
        "Auto-Submitted: auto-generated",
        body=b"",
    )[:-2]
    form = to_json(parse(head + raw))
    assert form == {
        "subject": "x",
        "from": {"name": "Dana", "address": "dana@acme.example"},
        "reply_to": None,
        "to": [{"name": "", "address": "support@demo.example"}],
        "cc": [],
        "date": "2026-06-01T10:00:00+02:00",
        "message_id": "<1@x>",
        "in_reply_to": None,
        "references": ["<0@x>"],
        "text": "Hi",
        "html": '<p>Hi <img src="cid:i@x"></p>',
        "attachments": [
            {
                "name": "i.png",
                "content_type": "image/png",
                "size": 4,
                "sha256": hashlib.sha256(content).hexdigest(),
                "inline": True,
                "content_id": "i@x",
            }
        ],
        "auto_submitted": "auto-generated",
        "is_bounce": False,
        "is_automatic": True,
        "from_ambiguous": False,
        "bounce": None,
        "invitation": None,
        "protection": None,
        "notes": [],
    }
