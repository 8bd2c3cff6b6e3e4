"""Splitting a header block into names and values, straight from the bytes (RFC 5322 and what breaks it)."""

import re

from mail.parsing.charsets import decode_header_bytes
from mail.parsing.model import MAX_HEADER_BYTES, MAX_HEADER_LINES, MAX_VALUE, TooComplex

Headers = list[tuple[str, str]]

_HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN = re.compile(
    rb"(?im)^(?:from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding|received|reply-to"
    rb"|in-reply-to|references|return-path|sender|x-[a-z0-9-]{1,60})[ \t]*:"
)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_MBOX = re.compile(rb">?From [^\n]{1,500}\d{2}:\d{2}")
_LOOK_AHEAD = 256 * 1024


def read_headers(
    raw: bytes, start: int, notes: list[str], *, stops: frozenset[bytes] = frozenset(), hint: str = ""
) -> tuple[Headers, int]:
    """Names with unfolded values, and where the body begins. A line in `stops` (a boundary) ends them as well.

    `hint` is the charset to try for bytes that no header may have.
    """
    lines: list[list[bytes]] = []
    names: list[bytes] = []
    position, count, last_known = start, 0, -2
    while position < len(raw):
        line, after = _line(raw, position)
        if not line:
            position = after
            break
        if line.startswith(b"--") and line.rstrip().removesuffix(b"--") in stops:
            break
        count += 1
        if count > MAX_HEADER_LINES or position - start > MAX_HEADER_BYTES:
            raise TooComplex("too many header lines")
        match = _HEADER.match(line)
        if line[:1] in b" \t":
            if lines:
                lines[-1].append(line)
        elif match:
            names.append(match[1])
            lines.append([line[match.end() :]])
        elif position == start and _MBOX.match(line):
            notes.append("mbox separator line skipped")
        else:
            if last_known == -2:
                last_known = _last_known_header(raw, position)
            if position > last_known:
                if names:
                    notes.append("no empty line between header and body")
                break
            notes.append("broken header line")
            if lines:
                lines[-1].append(b" " + line)
        position = after
    pairs = zip(names, lines, strict=True)
    return [(name.decode("ascii"), _value(parts, notes, hint)) for name, parts in pairs], position


def first(headers: Headers, name: str) -> str:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


def every(headers: Headers, name: str) -> list[str]:
    wanted = name.lower()
    return [value for key, value in headers if key.lower() == wanted]


def _line(raw: bytes, position: int) -> tuple[bytes, int]:
    end = raw.find(b"\n", position)
    end = len(raw) if end < 0 else end
    return raw[position : min(end, position + MAX_VALUE)].rstrip(b"\r"), end + 1


def _value(parts: list[bytes], notes: list[str], hint: str) -> str:
    value = b" ".join(part.strip() for part in parts)
    if len(value) > MAX_VALUE:
        notes.append("very long header cut")
        value = value[:MAX_VALUE]
    return decode_header_bytes(value, hint=hint).strip()


def _last_known_header(raw: bytes, position: int) -> int:
    """Where the last real header before the next empty line begins, or -1: tells junk among headers from a body."""
    block = raw[position : position + _LOOK_AHEAD]
    blank = _BLANK_LINE.search(block)
    if blank is None and position + _LOOK_AHEAD < len(raw):
        return -1
    last = -1
    for match in _KNOWN.finditer(block, 0, blank.start() + 1 if blank else len(block)):
        last = position + match.start()
    return last
