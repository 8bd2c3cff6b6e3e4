"""What is wrapped in something: winmail.dat, uuencode, signatures, encryption, messages within messages."""

import base64
import binascii

from tests.mail.letters import winmail
from tests.mail.letters.builder import HEAD, PDF, PNG, Letter, encoded, mail, multi, part, with_parts

PLAIN = part("text/plain; charset=utf-8", "It hums.")
INNER = mail("Content-Type: text/plain; charset=utf-8", body="Größe und Farbe")
MIXED = "\r\n".join([*HEAD, ""]).encode() + multi("mixed", PLAIN, part("application/pdf", PDF))
RICH = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\fonttbl{\f0 Arial;}}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Gr\'fc\u223?e"
    rb" \{x\}\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}}"
)


def tnef(data: bytes, *others: bytes) -> bytes:
    return with_parts("mixed", *others, encoded("application/ms-tnef; name=winmail.dat", data))


def uu(name: str, data: bytes) -> str:
    lines = [binascii.b2a_uu(data[at : at + 45]).decode("ascii") for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n" + "".join(lines) + "`\nend\n"


def element(tag: int, *contents: bytes) -> bytes:
    """One element of DER."""
    content = b"".join(contents)
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def signed(content: bytes) -> bytes:
    """SignedData around a MIME part, without the signatures themselves, which nobody here reads."""
    inner = element(0x30, element(0x06, bytes.fromhex("2a864886f70d010701")), element(0xA0, content))
    data = element(0x30, element(0x02, b"\x01"), element(0x31), inner, element(0x31))
    return element(0x30, element(0x06, bytes.fromhex("2a864886f70d010702")), element(0xA0, data))


TNEF_FILES = winmail.stream(
    winmail.words(
        winmail.value(0x0E07, winmail.INTEGER, 5), winmail.named(0x8001, "Keyword", winmail.STRING, b"a word\0")
    ),
    winmail.file(b"PLAN~1.PDF", PDF, winmail.value(0x3707, winmail.UNICODE, "Größe €.pdf\0".encode("utf-16-le"))),
    winmail.file(b"pic.png", PNG, winmail.value(0x370E, winmail.STRING, b"image/png\0")),
)
SIGNED_PART = multi("mixed", part("text/plain; charset=utf-8", "It hums."), part("application/pdf; name=plan.pdf", PDF))
OPAQUE = signed(element(0x04, SIGNED_PART))
IN_PIECES = signed(element(0x24, element(0x04, SIGNED_PART[:40]), element(0x04, SIGNED_PART[40:])))
ENVELOPED = element(0x30, element(0x06, bytes.fromhex("2a864886f70d010703")), element(0xA0, b"secret"))
ARMOUR = "-----BEGIN PGP {}-----\n\nhQEMA\n-----END PGP {}-----\n"
YENC = "=ybegin line=128 size=5 name=a.bin\nr\x93\x96\x96\x99\n=yend size=5"

LETTERS = [
    Letter(
        name="winmail-files",
        raw=tnef(TNEF_FILES, PLAIN),
        text="It hums.",
        files=[("Größe €.pdf", PDF), ("pic.png", PNG)],
    ),
    Letter(
        name="winmail-is-all-there-is",
        raw=mail(
            "Content-Type: application/ms-tnef",
            "Content-Transfer-Encoding: base64",
            body=base64.encodebytes(winmail.stream(winmail.body(b"It h\xfcms.\r\n\0"), winmail.file(b"a.pdf", PDF))),
        ),
        text="It hüms.",
        files=[("a.pdf", PDF)],
    ),
    Letter(
        name="winmail-without-its-type",
        raw=with_parts("mixed", PLAIN, encoded("application/octet-stream; name=winmail.dat", TNEF_FILES)),
        text="It hums.",
        files=[("Größe €.pdf", PDF), ("pic.png", PNG)],
    ),
    Letter(
        name="winmail-html",
        raw=tnef(
            winmail.stream(
                winmail.words(
                    winmail.value(0x3FDE, winmail.INTEGER, 65001),
                    winmail.value(0x1013, winmail.BINARY, "<p>Größe</p>".encode()),
                )
            )
        ),
        text="Größe",
        html="<p>Größe</p>",
    ),
    Letter(
        name="winmail-rich-text-of-html",
        raw=tnef(winmail.stream(winmail.words(winmail.value(0x1009, winmail.BINARY, winmail.rich_text(RICH))))),
        text="Grüße {x}",
        html="<p>Grüße {x}</p>",
    ),
    Letter(
        name="winmail-rich-text",
        raw=tnef(
            winmail.stream(
                winmail.words(
                    winmail.value(
                        0x1009,
                        winmail.BINARY,
                        bytes.fromhex(
                            "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b0"
                            "6c647d0a800fa0"
                        ),
                    )
                )
            )
        ),
        text="hello world",
    ),
    Letter(
        name="winmail-japanese",
        raw=tnef(winmail.stream(winmail.body("プリンター".encode("cp932") + b"\0"), codepage=932)),
        text="プリンター",
    ),
    Letter(
        name="winmail-with-a-message-within",
        raw=tnef(
            winmail.stream(
                winmail.file(
                    b"old mail",
                    b"",
                    winmail.value(
                        0x3701,
                        winmail.OBJECT,
                        winmail.MESSAGE_WITHIN
                        + winmail.stream(winmail.body(b"old words\0"), winmail.file(b"b.pdf", PDF)),
                    ),
                )
            ),
            PLAIN,
        ),
        text="It hums.",
        files=[("old mail.txt", b"old words"), ("b.pdf", PDF)],
    ),
    Letter(
        name="winmail-cut-off",
        raw=tnef(TNEF_FILES[:-30], PLAIN),
        text="It hums.",
        files=[("Größe €.pdf", PDF), ("pic.png", PNG), ("winmail.dat", TNEF_FILES[:-30])],
    ),
    Letter(
        name="winmail-that-is-none",
        raw=tnef(b"not at all", PLAIN),
        text="It hums.",
        files=[("winmail.dat", b"not at all")],
    ),
    Letter(
        name="winmail-with-nothing-of-use",
        raw=tnef(winmail.stream(), PLAIN),
        text="It hums.",
        files=[("winmail.dat", winmail.stream())],
    ),
    Letter(
        name="uuencode",
        raw=mail(body=f"It hums.\n\n{uu('plan.pdf', PDF * 9)}\nAnd stops.\n"),
        text="It hums.\n\n\n\nAnd stops.",
        files=[("plan.pdf", PDF * 9)],
    ),
    Letter(
        name="uuencode-two-files",
        raw=mail(body=uu("a.pdf", PDF) + uu("b c.png", PNG)),
        text="",
        files=[("a.pdf", PDF), ("b c.png", PNG)],
    ),
    Letter(
        name="uuencode-as-transfer-encoding",
        raw=with_parts(
            "mixed",
            PLAIN,
            part("application/pdf; name=a.pdf", uu("a.pdf", PDF), "Content-Transfer-Encoding: x-uuencode"),
        ),
        text="It hums.",
        files=[("a.pdf", PDF)],
    ),
    Letter(
        name="uuencode-only-in-words",
        raw=mail(body="begin 644 of the chapter\nis where it hums,\nend of story"),
        text="begin 644 of the chapter\nis where it hums,\nend of story",
    ),
    Letter(
        name="uuencode-never-ends",
        raw=mail(body="begin 644 plan.pdf\n#0V%T\n"),
        text="begin 644 plan.pdf\n#0V%T",
    ),
    Letter(
        name="yenc-left-alone",
        raw=mail("Content-Type: text/plain; charset=iso-8859-1", body=YENC.encode("latin-1")),
        text=YENC.encode("latin-1").decode("cp1252").replace("\r\n", "\n"),
    ),
    Letter(
        name="smime-clear",
        raw=with_parts(
            "signed",
            PLAIN,
            encoded("application/pkcs7-signature; name=smime.p7s", b"signature"),
            more='; protocol="application/pkcs7-signature"; micalg=sha-256',
        ),
        text="It hums.",
        files=[("smime.p7s", b"signature")],
        protection="smime-signed",
    ),
    Letter(
        name="smime-wrapped",
        raw=mail(
            "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
            "Content-Transfer-Encoding: base64",
            body=base64.encodebytes(OPAQUE),
        ),
        text="It hums.",
        files=[("smime.p7m", OPAQUE), ("plan.pdf", PDF)],
        protection="smime-signed",
    ),
    Letter(
        name="smime-wrapped-in-pieces",
        raw=mail(
            "Content-Type: application/x-pkcs7-mime; name=smime.p7m",
            "Content-Transfer-Encoding: base64",
            body=base64.encodebytes(IN_PIECES),
        ),
        text="It hums.",
        files=[("smime.p7m", IN_PIECES), ("plan.pdf", PDF)],
        protection="smime-signed",
    ),
    Letter(
        name="smime-encrypted",
        raw=mail(
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
            "Content-Transfer-Encoding: base64",
            body=base64.encodebytes(ENVELOPED),
        ),
        text="",
        files=[("smime.p7m", ENVELOPED)],
        protection="smime-encrypted",
    ),
    Letter(
        name="pgp-clear",
        raw=with_parts(
            "signed",
            PLAIN,
            part("application/pgp-signature", ARMOUR.format("SIGNATURE", "SIGNATURE")),
            more='; protocol="application/pgp-signature"',
        ),
        text="It hums.",
        files=[("signature.asc", ARMOUR.format("SIGNATURE", "SIGNATURE").replace("\n", "\r\n").encode())],
        protection="pgp-signed",
    ),
    Letter(
        name="pgp-encrypted",
        raw=with_parts(
            "encrypted",
            part("application/pgp-encrypted", "Version: 1"),
            part("application/octet-stream; name=encrypted.asc", ARMOUR.format("MESSAGE", "MESSAGE")),
            more='; protocol="application/pgp-encrypted"',
        ),
        text="",
        files=[
            ("version.txt", b"Version: 1"),
            ("encrypted.asc", ARMOUR.format("MESSAGE", "MESSAGE").replace("\n", "\r\n").encode()),
        ],
        protection="pgp-encrypted",
    ),
    Letter(
        name="pgp-encrypted-after-exchange",
        raw=with_parts(
            "mixed",
            part("text/plain", ""),
            part("application/pgp-encrypted", "Version: 1"),
            part("application/octet-stream; name=encrypted.asc", b"x"),
        ),
        text="",
        files=[("version.txt", b"Version: 1"), ("encrypted.asc", b"x")],
        protection="pgp-encrypted",
    ),
    Letter(
        name="pgp-in-the-text",
        raw=mail(body=ARMOUR.format("MESSAGE", "MESSAGE")),
        text=ARMOUR.format("MESSAGE", "MESSAGE").rstrip("\n"),
        protection="pgp-encrypted",
    ),
    Letter(
        name="pgp-signed-in-the-text",
        raw=mail(body="-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIt hums.\n"),
        text="-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIt hums.",
        protection="pgp-signed",
    ),
    Letter(
        name="pgp-only-quoted-is-no-protection",
        raw=mail(body="Look at this:\n\n-----BEGIN PGP MESSAGE-----\nx\n"),
        text="Look at this:\n\n-----BEGIN PGP MESSAGE-----\nx",
    ),
    Letter(
        name="within-a-forward",
        raw=with_parts("mixed", PLAIN, part("message/rfc822", INNER)),
        text="It hums.",
        files=[("Printer.eml", INNER)],
    ),
    Letter(
        name="within-and-nothing-else",
        raw="\r\n".join([*HEAD[:2], "Subject: Fwd", "Content-Type: message/rfc822", "", ""]).encode() + INNER,
        subject="Fwd",
        text=(
            "From: Dana Miller <dana@acme.example>\nDate: Tue, 17 Nov 2026 09:12:00 +0100\nTo: support@demo.example\n"
            "Subject: Printer\n\nGröße und Farbe"
        ),
        files=[("Printer.eml", INNER)],
    ),
    Letter(
        name="within-in-base64",
        raw=with_parts("mixed", PLAIN, encoded("message/rfc822; name=old.eml", INNER)),
        text="It hums.",
        files=[("old.eml", INNER)],
    ),
    Letter(
        name="within-with-parts-of-its-own",
        raw=with_parts("mixed", PLAIN, part("message/rfc822", MIXED)),
        text="It hums.",
        files=[("Printer.eml", MIXED)],
    ),
]  # fmt: skip
