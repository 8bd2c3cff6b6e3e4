"""Building outgoing messages: a `Draft` in, the bytes for the wire out. Pure; sending is somebody else's.

Every header is written here, as pure ASCII, from values that have been made one clean line first; so no name, subject
or address of a stranger can add a header, a recipient or a line (T35, T36). Only the MIME body uses the standard
library. There is no Bcc header: blind copies exist in the envelope alone (T38).
"""

import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from core.html import to_text
from core.text import ascii_domain, clean_filename, clean_line, strip_nul
from mail.addresses import Address, is_address
from mail.marks import check_message_id, find_tags, make_message_id, references_for, reply_subject, tag_subject

__all__ = [
    "Attachment",
    "BadAddress",
    "Draft",
    "Person",
    "check_message_id",
    "compose",
    "envelope_recipients",
    "find_tags",
    "make_message_id",
    "references_for",
    "reply_subject",
    "tag_subject",
]

LINE = 76
SUBJECT_LIMIT = 900
WORD_BYTES = 42  # 42 bytes are 56 characters of base64: an encoded word stays below its 75

_POLICY = SMTP.clone(cte_type="7bit")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_OWN_HEADERS = frozenset(
    {"from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"auto-submitted", "mime-version"}
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]{1,200}")


class BadAddress(ValueError):  # noqa: N818
    """An address to which no mail may be sent."""


Person = Address  # whoever a draft is from or goes to


@dataclass(frozen=True)
class Attachment:
    """A file to send along; with a content id that the HTML names by `cid:` it is shown inside."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One outgoing message. `html` must have been cleaned; `text` is made from it if it is empty."""

    from_: Person
    to: Sequence[Person]
    cc: Sequence[Person] = ()
    bcc: Sequence[Person] = ()
    reply_to: Person | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: Sequence[Attachment] = ()
    message_id: str
    in_reply_to: str = ""
    references: Sequence[str] = ()
    auto_submitted: str = ""  # "auto-generated" or "auto-replied" for what no person sends
    headers: Mapping[str, str] = field(default_factory=dict)
    date: datetime = field(default_factory=lambda: datetime.now(UTC))


def compose(draft: Draft) -> bytes:
    """The message with CRLF line ends, safe for 7-bit ways; BadAddress if one of its addresses is none."""
    lines = [
        _addresses("From", [draft.from_]),
        _addresses("To", draft.to) if draft.to else "To: undisclosed-recipients:;",
        _addresses("Cc", draft.cc) if draft.cc else "",
        _addresses("Reply-To", [draft.reply_to]) if draft.reply_to else "",
        _text("Subject", clean_line(draft.subject, SUBJECT_LIMIT)),
        f"Date: {format_datetime(draft.date)}",
        f"Message-ID: {_id(draft.message_id)}",
        _ids("In-Reply-To", [draft.in_reply_to]),
        _ids("References", draft.references),
        f"Auto-Submitted: {_word(draft.auto_submitted)}" if draft.auto_submitted else "",
        *(_extra(name, value) for name, value in draft.headers.items()),
    ]
    head = "".join(line + "\r\n" for line in lines if line)
    return head.encode("ascii") + _body(draft).as_bytes()


def envelope_recipients(draft: Draft) -> tuple[str, ...]:
    """Everybody who gets a copy, once each, in order; BadAddress if one of them is no address."""
    found = {address.key: _checked(address.address) for address in (*draft.to, *draft.cc, *draft.bcc)}
    return tuple(found.values())


# The body.


def _body(draft: Draft) -> EmailMessage:
    """Alternatives first, then what the HTML shows, then the files."""
    html = strip_nul(draft.html)
    text = strip_nul(draft.text) or to_text(html)
    message = EmailMessage(policy=_POLICY)
    message.set_content(_lines(text), subtype="plain", charset="utf-8")
    shown = [file for file in draft.attachments if html and file.content_id and f"cid:{file.content_id}" in html]
    if html:
        message.add_alternative(_lines(html), subtype="html", charset="utf-8")
        _, part = message.iter_parts()
        for file in shown:
            _attach(part.add_related, file, disposition="inline")
    for file in draft.attachments:
        if file not in shown:
            _attach(message.add_attachment, file, disposition="attachment")
    return message


def _attach(add, file: Attachment, *, disposition: str) -> None:  # noqa: ANN001
    content_type = file.content_type.lower()
    if not _CONTENT_TYPE.fullmatch(content_type) or content_type.startswith(("multipart/", "message/")):
        content_type = "application/octet-stream"
    main, _, sub = content_type.partition("/")
    content_id = f"<{file.content_id}>" if _CONTENT_ID.fullmatch(file.content_id) else None
    name = clean_filename(file.name).replace("=?", "= ?")
    add(file.content, maintype=main, subtype=sub, disposition=disposition, filename=name, cid=content_id)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"


# The headers.


def _addresses(header: str, addresses: Sequence[Person]) -> str:
    return _folded(header, [_mailbox(address) for address in addresses], ",")


def _mailbox(address: Person) -> str:
    """`Name <address>` with a name that nobody can take for syntax."""
    written = _checked(address.address)
    name = _one_line(address.name, 200)
    if not name:
        return written
    if _PLAIN_NAME.fullmatch(name) and "=?" not in name:
        return f"{name} <{written}>"
    if name.isascii() and len(name) < LINE - 10:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{written}>'
    return f"{_encoded(name)} <{written}>"


def _checked(address: str) -> str:
    """The address as ASCII: the domain in punycode, the local part as it is."""
    if not is_address(address):
        raise BadAddress(f"not a mail address: {clean_line(address, 80)!r}")
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise BadAddress(f"mail to {clean_line(address, 80)!r} would need SMTPUTF8")
    return f"{local}@{ascii_domain(domain)}"


def _text(header: str, value: str) -> str:
    """An unstructured header: plain if it can be, else encoded words."""
    value = _one_line(value, SUBJECT_LIMIT)
    longest = max((len(word) for word in value.split(" ")), default=0)
    if value.isascii() and longest < LINE - 20:
        return _folded(header, value.split(" "), "")
    return f"{header}: {_encoded(value)}"


def _extra(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS or name.lower().startswith("content-"):
        raise ValueError(f"header {name!r} cannot be set")
    return f"{name}: {value}" if _MESSAGE_ID.fullmatch(value) else _text(name, value)


def _one_line(value: str, limit: int) -> str:
    """A clean line in which nothing reads as an encoded word: `=?` would be decoded by others into anything."""
    return clean_line(value, limit).replace("=?", "= ?")


def _encoded(value: str) -> str:
    """UTF-8 encoded words (RFC 2047), never split inside a character, one per line."""
    words, piece = [], b""
    for char in value:
        encoded = char.encode("utf-8")
        if len(piece) + len(encoded) > WORD_BYTES:
            words.append(piece)
            piece = b""
        piece += encoded
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words)


def _folded(header: str, items: Sequence[str], separator: str) -> str:
    """Items after one another, a new line before the one that would make the line too long."""
    lines, line = [], f"{header}:"
    for number, item in enumerate(items):
        item += separator if number < len(items) - 1 else ""
        if line != f"{header}:" and len(line) + 1 + len(item.split("\r\n")[0]) > LINE:
            lines.append(line)
            line = ""
        line = f"{line} {item}"
        if "\r\n" in line:
            done, _, line = line.rpartition("\r\n")
            lines.append(done)
    return "\r\n".join([*lines, line])


def _id(value: str) -> str:
    value = value.strip()
    if not _MESSAGE_ID.fullmatch(value):
        raise ValueError("not a Message-ID")
    return value


def _ids(header: str, values: Sequence[str]) -> str:
    """Only what looks like an id: those come from strangers' mail."""
    valid = [value.strip() for value in values if _MESSAGE_ID.fullmatch(value.strip())]
    return _folded(header, valid, "") if valid else ""


def _word(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", value):
        raise ValueError("not a keyword")
    return value
