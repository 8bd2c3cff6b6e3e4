"""A message as it travelled, for people who want to see how: its headers and its text, as far as they can be shown."""

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.links import concealed
from core.text import strip_nul
from mail.parsing.model import Message
from mail.spoken import plain
from web.desk.envelope import written

# So many bytes are shown; the rest is in the download.
SHOWN = 200_000
MOST_HEADERS = 300
_FOLDED = re.compile(r"\r?\n(?=[ \t])")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_BODY = re.compile(r"(?i)<body(?:\s[^>]{0,5000})?>")
_LOOKS = (
    "margin: 0 0 1em; padding: 0.7em 1em; border-bottom: 1px solid #ccc; background: #f5f5f5; color: #333;"
    " font: 13px/1.5 sans-serif; white-space: pre-wrap; overflow-wrap: anywhere"
)
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


def people_of(mail: Message) -> str:
    """Who wrote it, who got it and who is to be answered: a line each."""
    lines = (
        (_("From"), mail.from_addresses),
        (_("To"), mail.to),
        (_("Cc"), mail.cc),
        (_("Answers to"), mail.reply_to),
    )
    people = ((label, ", ".join(written(plain(one)) for one in everybody)) for label, everybody in lines)
    return "\n".join(f"{label}: {names}" for label, names in people if names)


def with_people(html: str, mail: Message) -> str:
    """The page of a mail below its people. They stand in a tree of their own, out of reach of what the mail says about
    looks, and within its body, so that it stays the page it was."""
    words = format_html('<pre style="{}">{}</pre>', _LOOKS, people_of(mail))
    shown = f'<div style="all: initial !important"><template shadowrootmode="closed">{words}</template></div>'
    body = _BODY.search(html)
    at = body.end() if body else 0
    return f"{html[:at]}{shown}{html[at:]}"


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
