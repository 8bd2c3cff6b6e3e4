"""How the mails of the corpus are written down: headers line by line, parts as bytes, nothing encoded by a library."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

FROM = "From: Dana Miller <dana@acme.example>"
TO = "To: support@demo.example"
HEAD = (FROM, TO, "Subject: Printer", "Date: Tue, 17 Nov 2026 09:12:00 +0100", "Message-ID: <1@acme.example>")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M/AAAADAQEAyf6S7wAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4 plan"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail and what it says. `files` are names with contents, in order; `shown` the names of those in the HTML."""

    name: str
    raw: bytes
    text: str
    subject: str = "Printer"
    sender: str = "dana@acme.example"
    sender_name: str = "Dana Miller"
    html: str = ""
    files: Sequence[tuple[str, bytes]] = ()
    shown: Sequence[str] = ()
    notes: Sequence[str] = ()
    protection: str = ""
    failed: Sequence[tuple[str, str, str]] | None = None  # of a delivery report: address, action, status
    original: str = ""
    automatic: bool = False


def mail(*headers: str | bytes, body: str | bytes = b"", head: Sequence[str] = HEAD) -> bytes:
    """A message: the usual headers, these besides, an empty line and the body."""
    lines = [line.encode() if isinstance(line, str) else line for line in (*head, *headers)]
    return b"\r\n".join([*lines, b"", _bytes(body)])


def part(content_type: str, body: str | bytes, *headers: str) -> bytes:
    lines = [f"Content-Type: {content_type}", *headers, "", ""]
    return "\r\n".join(lines).encode() + _bytes(body)


def encoded(content_type: str, body: bytes, *headers: str) -> bytes:
    """A part in base64."""
    return part(content_type, base64.encodebytes(body), "Content-Transfer-Encoding: base64", *headers)


def multi(kind: str, *parts: bytes, boundary: str = "=_1", more: str = "") -> bytes:
    """A multipart with its own header line, to be a part or what follows the headers of a message."""
    inside = b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in parts)
    header = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode()
    return header + inside + f"--{boundary}--\r\n".encode()


def with_parts(kind: str, *parts: bytes, head: Sequence[str] = HEAD, more: str = "") -> bytes:
    return "\r\n".join([*head, "MIME-Version: 1.0", ""]).encode() + multi(kind, *parts, boundary="=_0", more=more)


def _bytes(body: str | bytes) -> bytes:
    return body.replace("\n", "\r\n").encode() if isinstance(body, str) else body
