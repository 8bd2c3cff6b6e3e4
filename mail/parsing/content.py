"""The content of one part: transfer encodings undone, text decoded and unfolded."""

import binascii
import re

from mail.parsing.charsets import codec_for, decode
from mail.parsing.tree import Part
from mail.parsing.uuencoded import take_out_files

MAX_BASE64_PIECES = 10_000

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_BASE64_LINES = re.compile(rb"(?:[ \t\r\n]*+[A-Za-z0-9+/]++=*+[ \t]*+(?=[\r\n]|$))*+[ \t\r\n]*+")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=]{4,}[ \t]*\r?$", re.MULTILINE)
_LONG_BASE64_LINE = re.compile(rb"(?m)^[A-Za-z0-9+/]{60,}")
_HTML_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:-]{2,40})")
_XML_CHARSET = re.compile(rb"(?i)<\?xml[^>]{0,100}?encoding\s{0,5}=\s{0,5}[\"']([\w.:-]{2,40})")
_BLANKS_AFTER_BREAK = re.compile(rb"=[ \t]++(?=\r?\n)")
_UUENCODED = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_ENRICHED_COMMAND = re.compile(r"<<|<param>.{0,500}?</param>|</?[A-Za-z0-9-]{1,60}>", re.DOTALL)
_LINE_BREAKS = re.compile(r"\n++")
_SIGNATURE = re.compile(r"-- ?$")


def content_of(raw: bytes, part: Part, notes: list[str]) -> bytes:
    """The bytes of a part; a transfer encoding we do not know leaves them as they are."""
    data = raw[part.start : part.end]
    encoding = part.encoding.partition(";")[0].strip()
    if encoding == "base64":
        return base64_bytes(data)
    if encoding == "qp" or encoding.startswith("quot"):
        return binascii.a2b_qp(_BLANKS_AFTER_BREAK.sub(b"=", data))
    if encoding in _UUENCODED:
        _rest, files = take_out_files(data.decode("latin-1").replace("\r\n", "\n"))
        return files[0].content if len(files) == 1 else data
    if encoding not in {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none"}:
        notes.append("unknown transfer encoding")
    return data


def text_of(raw: bytes, part: Part, notes: list[str], *, hint: str = "") -> str:
    """The characters of a text part with plain line feeds; `hint` as in `charsets.decode`."""
    data = raw[part.start : part.end]
    footer = b""
    if part.encoding.startswith("base64") and _is_plain(data):
        notes.append("text called base64 was plain")
    elif part.encoding.startswith("base64"):
        lines = _BASE64_LINES.match(data)
        end = lines.end() if lines else 0
        if end and not _LONG_BASE64_LINE.search(data, end):
            data, footer = data[:end], data[end:]  # lists append their footer to encoded bodies
        data = base64_bytes(data)
    else:
        data = content_of(raw, part, notes)
    charset = part.parameters.get("charset", "")
    if part.content_type == "text/html" and (said := _said_in_html(data)):
        charset, hint = charset or said, said
    text = decode(data, charset, notes, hint=hint)
    if footer.strip():
        text += "\n" + decode(footer, "", notes, hint=hint)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type in {"text/enriched", "text/richtext"}:
        return _unenriched(text)
    if part.content_type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
        return unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return text


def _said_in_html(data: bytes) -> str:
    """The charset that a page names itself; UTF-16 would not have let us read that."""
    found = _HTML_CHARSET.search(data[:2048]) or _XML_CHARSET.search(data[:200])
    said = found[1].decode("ascii") if found else ""
    return "" if (codec_for(said) or "").startswith(("utf-16", "utf-32")) else said


def _is_plain(data: bytes) -> bool:
    """Words with blanks between them and without any line of base64: the label is wrong."""
    sample = data[:4_096].lstrip()
    if _BASE64_LINE.match(sample) or _LONG_BASE64_LINE.search(sample):
        return False
    return sample.count(b" ") * 12 > len(sample)


def _unenriched(text: str) -> str:
    """RFC 1896 without its form: a single line break is a blank, of several one is left out."""
    text = _LINE_BREAKS.sub(lambda match: match[0][1:] or " ", text)
    return _ENRICHED_COMMAND.sub(lambda match: "<" if match[0] == "<<" else "", text)


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
