"""Mails made by chance: well-formed ones of any structure, and ones that were damaged on the way.

`python -m tests.mail.mutations 100000` makes so many and complains about the first that is read wrongly; the suite
makes 2,000. A number (`--first N`) begins elsewhere and so makes others.
"""

import argparse
import base64
import quopri
import random
import sys
import time
from collections.abc import Callable

from mail.parse import Message, TooComplex, parse, parse_beginning
from mail.parsing.frame import pack, unpack
from mail.replies import split_reply
from tests.mail.letters import LETTERS

SECONDS = 2.0  # of computing that one mail may need; the limited child has 20
TEXTS = ["Es brummt.", "No imprime, ¿por qué?", "A impressora pára", "プリンター", "Принтер", "It hums 🖨️", "x" * 200]
FRAGMENTS = [
    b"\r\n", b"\n", b"\r", b"\0", b"--", b"=?utf-8?Q?", b"?=", b"=?utf-7?B?AAAA?=", b"<", b">", b"(", b'"', b";", b":", b"\xff\xfe", b"\xc3",
    b"charset=utf-16", b"charset=rot13", b"boundary=", b"base64", b"Content-Type: multipart/mixed\r\n\r\n", b"From: x@y\r\n", b"%", b"=", b"\\",
    b"filename*0*=idna''%ff", b"message/rfc822", b"Date: Mon, 99 Foo 99999999999 99:99:99 +999999\r\n", b" ", b"\xed\xa0\x80", b"\x1b$B", b"\x1b(B",
    b"begin 644 a\n", b"\nend\n", b"application/ms-tnef", b"\x78\x9f\x3e\x22", b"BEGIN:VEVENT\nDTSTART:20260101\n", b"multipart/report; report-type=delivery-status",
    b"-----BEGIN PGP MESSAGE-----\n", b"application/pkcs7-mime", b"0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02\xa0\x80", b"\r\n\r\n", b"<blockquote>" * 50,
]  # fmt: skip


class Wrong(AssertionError):
    """A mail that was not read as it should be; the message says which and how."""


def well_formed(chance: random.Random) -> tuple[bytes, list[bytes], list[str]]:
    """A mail of any structure, the contents of its files in order, and its texts."""
    files: list[bytes] = []
    texts: list[str] = []
    ends = chance.choice([b"\r\n", b"\n"])
    body = _part(chance, files, texts, depth=0, ends=ends)
    head = [b"From: Dana <dana@acme.example>", b"To: support@demo.example", b"Subject: s", b"MIME-Version: 1.0", b""]
    return ends.join(head) + body, files, texts


def _part(chance: random.Random, files: list[bytes], texts: list[str], *, depth: int, ends: bytes) -> bytes:
    kinds: list[Callable] = [_text, _file] if depth else [_text]
    if depth < 5:
        kinds += [_multipart, _multipart, _alternative]
    return chance.choice(kinds)(chance, files, texts, depth=depth, ends=ends)


def _text(chance, files, texts, *, depth, ends) -> bytes:
    words = chance.choice(TEXTS)
    texts.append(words)
    return _leaf(chance, b"text/plain; charset=utf-8", words.encode(), b"", ends)


def _file(chance, files, texts, *, depth, ends) -> bytes:
    content = chance.randbytes(chance.randint(0, 200))
    if chance.random() < 0.3:
        content = b"plain words\nof a file" * chance.randint(0, 5)
    files.append(content)
    kind = chance.choice([b"application/pdf", b"image/png", b"text/plain", b"text/csv", b"application/x-any"])
    said = b"Content-Disposition: attachment; filename=f%d.bin" % len(files) + ends
    return _leaf(chance, kind, content, said, ends)


def _leaf(chance: random.Random, kind: bytes, content: bytes, more: bytes, ends: bytes) -> bytes:
    """Any encoding that keeps every byte; eight plain bits only where nothing in them could be a line end."""
    encoded, encoding = base64.encodebytes(content).replace(b"\n", ends), b"base64"
    if chance.random() < 0.3 and b"\n" not in content and b"\r" not in content and b"--" not in content:
        encoded, encoding = content, b"8bit"
    elif chance.random() < 0.3 and b"\n" not in content and b"\r" not in content:
        encoded, encoding = quopri.encodestring(content).replace(b"\n", ends), b"quoted-printable"
    return b"Content-Type: " + kind + ends + more + b"Content-Transfer-Encoding: " + encoding + ends + ends + encoded


def _multipart(chance, files, texts, *, depth, ends) -> bytes:
    kind = chance.choice([b"mixed", b"mixed", b"related", b"signed", b"x-other"])
    if kind == b"related":
        parts = [chance.choice([_text, _alternative])(chance, files, texts, depth=depth + 1, ends=ends)]
        parts += [_file(chance, files, texts, depth=depth + 1, ends=ends) for _ in range(chance.randint(0, 3))]
        return _joined(chance, kind, parts, ends)
    parts = [_part(chance, files, texts, depth=depth + 1, ends=ends) for _ in range(chance.randint(1, 4))]
    return _joined(chance, kind, parts, ends)


def _alternative(chance, files, texts, *, depth, ends) -> bytes:
    words = chance.choice(TEXTS)
    texts.append(words)
    page = f"<html><body><p>{words}</p></body></html>".encode()
    plain = _leaf(chance, b"text/plain; charset=utf-8", words.encode(), b"", ends)
    return _joined(chance, b"alternative", [plain, _leaf(chance, b"text/html; charset=utf-8", page, b"", ends)], ends)


def _joined(chance: random.Random, kind: bytes, parts: list[bytes], ends: bytes) -> bytes:
    boundary = b"=_%08x" % chance.getrandbits(32)
    before = chance.choice([b"", b"This is a message in several parts." + ends])
    inside = b"".join(b"--" + boundary + ends + part + ends for part in parts)
    header = b"Content-Type: multipart/" + kind + b"; boundary=" + chance.choice([b'"%s"', b"%s"]) % boundary
    return header + ends + ends + before + inside + b"--" + boundary + b"--" + ends


def damaged(chance: random.Random, corpus: list[bytes]) -> bytes:
    raw = bytearray(chance.choice(corpus))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(raw) + 1)
        kind = chance.random()
        if kind < 0.4:
            raw[at:at] = chance.choice(FRAGMENTS)
        elif kind < 0.6:
            del raw[at : at + chance.randint(1, 80)]
        elif kind < 0.7:
            other = chance.choice(corpus)
            start = chance.randrange(len(other) + 1)
            raw[at:at] = other[start : start + chance.randint(1, 2_000)]
        elif kind < 0.75:
            raw[at:] = b""
        else:
            raw[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(raw)


def check_well_formed(number: int) -> None:
    """Every file byte for byte, in order, and every text."""
    raw, files, texts = well_formed(random.Random(number))
    message = parse(raw)
    if [a.content for a in message.attachments] != files:
        raise Wrong(f"well-formed mail {number}: files are lost or changed")
    missing = [words for words in texts if words not in message.text]
    if missing:
        raise Wrong(f"well-formed mail {number}: {missing[0]!r} is not in the text")


def check_damaged(number: int, corpus: list[bytes]) -> None:
    """No exception, little time, and values that a database can hold; what is refused is refused with a reason."""
    raw = damaged(random.Random(number), corpus)
    began = time.process_time()
    try:
        message = parse(raw)
    except TooComplex:
        message = parse_beginning(raw, why="damaged")
    split_reply(message.text)
    if (needed := time.process_time() - began) > SECONDS:
        raise Wrong(f"damaged mail {number} took {needed:.1f} s")
    if unpack(pack(message)) != message:
        raise Wrong(f"damaged mail {number} does not survive the way out of the child")
    for words in _words(message):
        if "\0" in words or words != words.encode("utf-8", "replace").decode():
            raise Wrong(f"damaged mail {number} gives words that cannot be stored")


def _words(message: Message) -> list[str]:
    people = [*message.from_addresses, *message.to, *message.cc, *message.reply_to]
    words = [message.subject, message.text, message.html, message.message_id, *message.references, *message.notes]
    words += [words for person in people for words in (person.name, person.address)]
    words += [a.name for a in message.attachments] + [value for pair in message.headers for value in pair]
    if message.invitation:
        words += [message.invitation.summary, message.invitation.location, message.invitation.description]
    return words


def corpus() -> list[bytes]:
    return [letter.raw for letter in LETTERS if 0 < len(letter.raw) < 20_000]


def run(count: int, *, first: int = 1) -> None:
    mails = corpus()
    for number in range(first, first + count):
        if number % 2:
            check_well_formed(number)
        else:
            check_damaged(number, mails)


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("count", type=int, nargs="?", default=100_000)
    reader.add_argument("--first", type=int, default=1)
    asked = reader.parse_args()
    began = time.monotonic()
    run(asked.count, first=asked.first)
    sys.stdout.write(f"{asked.count} mails read in {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
