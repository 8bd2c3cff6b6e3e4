"""A message as it travelled, for people who want to see how: its headers and its text, as far as they can be shown."""

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from core.links import concealed
from core.text import strip_nul

# So many bytes are shown; the rest is in the download.
SHOWN = 200_000
MOST_HEADERS = 300
_FOLDED = re.compile(r"\r?\n(?=[ \t])")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(r"([!-9;-~]{1,80}):[ \t]*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """`headers` as (name, value) with encoded words read; `text` is what follows them."""

    headers: list[tuple[str, str]]
    text: str
    is_cut: bool


def source_of(raw: bytes) -> Source:
    """Whatever the bytes are: what is no header is left out of them, and stands in the download."""
    shown = raw[:SHOWN]
    end = _END_OF_HEADERS.search(shown)
    head, body = (shown[: end.start()], shown[end.end() :]) if end else (shown, b"")
    lines = _readable(head).replace("\r\n", "\n").split("\n")
    unfolded = _FOLDED.sub("", "\n".join(lines)).split("\n")
    headers = [(found[1], _decoded(found[2])) for line in unfolded[:MOST_HEADERS] if (found := _HEADER.match(line))]
    return Source(headers, concealed(_readable(body).replace("\r\n", "\n")), len(raw) > SHOWN)


def _readable(raw: bytes) -> str:
    try:
        return strip_nul(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return strip_nul(raw.decode("latin-1"))


def _decoded(value: str) -> str:
    if "=?" not in value or len(value) > 5000:
        return value
    try:
        return strip_nul(str(make_header(decode_header(value))))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return value
