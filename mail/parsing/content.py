"""The content of one part: transfer encodings undone, text decoded and unfolded."""

import binascii
import re

from mail.parsing.charsets import decode
from mail.parsing.tree import Part

MAX_BASE64_PIECES = 10_000

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_BASE64_LINES = re.compile(rb"(?:[ \t\r\n]*+[A-Za-z0-9+/]++=*+[ \t]*+(?=[\r\n]|$))*+[ \t\r\n]*+")
_LONG_BASE64_LINE = re.compile(rb"(?m)^[A-Za-z0-9+/]{60,}")
_HTML_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:-]{2,40})")
_XML_CHARSET = re.compile(rb"(?i)<\?xml[^>]{0,100}?encoding\s{0,5}=\s{0,5}[\"']([\w.:-]{2,40})")
_SIGNATURE = re.compile(r"-- ?$")


def content_of(raw: bytes, part: Part, notes: list[str]) -> bytes:
    """The bytes of a part; a transfer encoding we do not know leaves them as they are."""
    data = raw[part.start : part.end]
    encoding = part.encoding.partition(";")[0].strip()
    if encoding == "base64":
        return base64_bytes(data)
    if encoding in {"quoted-printable", "quoted printable", "quotedprintable", "qp"}:
        return binascii.a2b_qp(data)
    if encoding not in {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none"}:
        notes.append("unknown transfer encoding")
    return data


def text_of(raw: bytes, part: Part, notes: list[str]) -> str:
    """The characters of a text part with plain line feeds."""
    data = raw[part.start : part.end]
    footer = b""
    if part.encoding.startswith("base64"):
        lines = _BASE64_LINES.match(data)
        end = lines.end() if lines else 0
        if end and not _LONG_BASE64_LINE.search(data, end):
            data, footer = data[:end], data[end:]  # lists append their footer to encoded bodies
        data = base64_bytes(data)
    else:
        data = content_of(raw, part, notes)
    charset = part.parameters.get("charset", "")
    if part.content_type == "text/html" and not charset:
        found = _HTML_CHARSET.search(data[:2048]) or _XML_CHARSET.search(data[:200])
        charset = found[1].decode("ascii") if found else ""
    text = decode(data, charset, notes)
    if footer.strip():
        text += "\n" + decode(footer, "", notes)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
        return unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return text


def base64_bytes(data: bytes) -> bytes:
    """Base64 with whatever line breaks, padding and foreign characters it has."""
    data = data.translate(None, _NOT_BASE64)
    data = data.rstrip(b"=")
    if data.count(b"=") > MAX_BASE64_PIECES:
        data = data.replace(b"=", b"")
    pieces = []
    for piece in data.split(b"="):
        piece = piece[:-1] if len(piece) % 4 == 1 else piece
        pieces.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4)))
    return b"".join(pieces)


def unflowed(text: str, *, delete_space: bool) -> str:
    """RFC 3676: a line that ends with a blank goes on in the next one of the same quote depth."""
    lines: list[str] = []
    pending: list[str] = []
    depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        marks = len(line) - len(content)
        content = content.removeprefix(" ")
        if pending and (marks != depth or _SIGNATURE.match(content)):
            lines.append(_quoted(depth, "".join(pending).rstrip(" ")))
            pending = []
        depth = marks
        flows = content.endswith(" ") and not _SIGNATURE.match(content)
        pending.append(content[:-1] if flows and delete_space else content)
        if not flows:
            lines.append(_quoted(depth, "".join(pending)))
            pending = []
    if pending:
        lines.append(_quoted(depth, "".join(pending).rstrip(" ")))
    return "\n".join(lines)


def _quoted(depth: int, content: str) -> str:
    return ">" * depth + " " + content if depth else content
