"""Encoded words in headers (RFC 2047), as they really come: split inside characters, with blanks, with wrong labels."""

import binascii
import re

from mail.parsing.charsets import codec_for, decode

MAX_ENCODED = 64 * 1024  # characters of one header in which encoded words are read

# A question mark inside of a word is against the rules, but some programs leave it as it is.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?=]|=(?!\?[^=])|(?<!=)\?(?!=))*+)\?=")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def decode_words(value: str, notes: list[str]) -> str:
    """The header value with its encoded words read; neighbours of one charset are joined before decoding."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    pending, charset, position = b"", "", 0
    rest = value[MAX_ENCODED:]
    value = value[:MAX_ENCODED]
    for match in _WORD.finditer(value):
        between = value[position : match.start()]
        label = match[1].partition("*")[0].lower()
        if codec_for(label) is None and label not in {"unknown-8bit", "x-unknown"}:
            notes.append("encoded word with an unknown charset")
        if pending and (between.strip() or label != charset):
            pieces.append(decode(pending, charset, notes))
            pending = b""
        if between.strip() or not position:
            pieces.append(between)
        pending, charset, position = pending + _bytes(match[2], match[3]), label, match.end()
    if pending:
        pieces.append(decode(pending, charset, notes))
    pieces.append(value[position:])
    return "".join(pieces) + rest


def _bytes(encoding: str, text: str) -> bytes:
    if encoding in "bB":
        return decode_base64(text)
    raw = text.replace("_", " ").encode("utf-8", "replace")
    return _HEX.sub(lambda match: bytes([int(match[1], 16)]), raw)


def decode_base64(text: str) -> bytes:
    """Base64 with whatever padding and foreign characters it has."""
    pieces = []
    for piece in text.split("="):
        letters = _NOT_BASE64.sub("", piece)
        letters = letters[:-1] if len(letters) % 4 == 1 else letters
        pieces.append(binascii.a2b_base64(letters + "=" * (-len(letters) % 4)))
    return b"".join(pieces)
