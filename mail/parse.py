"""From raw bytes to a `Message`: the public face of the mail parser.

`parse` reads any bytes whatever: it never hangs and raises nothing but `TooComplex`, which means quarantine. It uses
no mail parser of the standard library (those raise, hang or need minutes on hostile mail) and never re-serialises.
Call it for strangers' mail through `mail.sandbox.parse_limited`, which also bounds time and memory.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from core.text import clean_line
from mail.addresses import Address, Reading, read_addresses
from mail.parsing.automatic import keyword, why_automatic, why_by_machine
from mail.parsing.bodies import read_bodies
from mail.parsing.bounces import read_bounce
from mail.parsing.headers import Headers, every, first, read_headers
from mail.parsing.model import (
    MAX_ADDRESSES,
    MAX_REFERENCES,
    Attachment,
    Bounce,
    FailedRecipient,
    Message,
    TooComplex,
)
from mail.parsing.tree import read_tree
from mail.parsing.words import decode_words

__all__ = ["Address", "Attachment", "Bounce", "FailedRecipient", "Message", "TooComplex", "parse", "to_json"]

SUBJECT_LIMIT = 1_000
MAX_NOTES = 30

_MESSAGE_ID = re.compile(r"<([^<>]{1,990})>")
_BARE_ID = re.compile(r"[^<>\s,;]{1,500}@[^<>\s,;]{1,490}")
_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "apparently-to")
_LOOP_HEADERS = ("x-loop", "x-helpdesk-loop")


def parse(raw: bytes) -> Message:
    """Everything we know how to read from a raw message; raises only TooComplex.

    `html` is not cleaned: the caller cleans it when the addresses of the attachments are known.
    """
    notes: list[str] = []
    raw = _with_line_feeds(raw, notes)
    headers, body = read_headers(raw, 0, notes)
    root = read_tree(raw, body, headers, notes)
    written = read_bodies(raw, root, notes)
    sender_header = every(headers, "from")
    from_ = _read(headers, "from", notes)
    subject = clean_line(decode_words(first(headers, "subject"), notes), SUBJECT_LIMIT)
    return_path = _return_path(headers)
    text = written.text
    sender = from_.addresses[0] if from_.addresses else None
    signs: dict[str, Any] = {"subject": subject, "sender": sender.address if sender else "", "return_path": return_path}
    return Message(
        subject=subject,
        from_=sender,
        from_addresses=from_.addresses,
        from_ambiguous=from_.ambiguous or len(sender_header) != 1 or len(from_.addresses) != 1,
        sender=next(iter(_read(headers, "sender", notes).addresses), None),
        reply_to=_read(headers, "reply-to", notes).addresses,
        to=_read(headers, "to", notes).addresses,
        cc=_read(headers, "cc", notes).addresses,
        delivered_to=_delivered_to(headers),
        return_path=return_path,
        date=_date(first(headers, "date"), notes),
        message_id=next(iter(_message_ids(first(headers, "message-id"))), ""),
        in_reply_to=next(iter(_message_ids(" ".join(every(headers, "in-reply-to")))), ""),
        references=_references(headers),
        text=text,
        html=written.html,
        attachments=tuple(written.attachments),
        auto_submitted=keyword(first(headers, "auto-submitted")),
        precedence=keyword(first(headers, "precedence")),
        list_id=clean_line(decode_words(first(headers, "list-id"), notes), 255),
        by_machine=bool(why_by_machine(headers, **signs)),
        automatic=why_automatic(headers, **signs),
        bounce=read_bounce(raw, root, headers, text),
        loop_headers=tuple(clean_line(value, 255) for name in _LOOP_HEADERS for value in every(headers, name)[:20]),
        received_count=len(every(headers, "received")),
        headers=tuple(headers),
        notes=tuple(dict.fromkeys(notes))[:MAX_NOTES],
    )


def to_json(message: Message) -> dict[str, Any]:
    """The form that `parse_mail` prints; attachments by size and digest."""
    return {
        "subject": message.subject,
        "from": _mailbox(message.from_),
        "reply_to": _mailbox(next(iter(message.reply_to), None)),
        "to": [_mailbox(address) for address in message.to],
        "cc": [_mailbox(address) for address in message.cc],
        "date": message.date.isoformat() if message.date else None,
        "message_id": message.message_id or None,
        "in_reply_to": message.in_reply_to or None,
        "references": list(message.references),
        "text": message.text,
        "html": message.html or None,
        "attachments": [
            {
                "name": attachment.name,
                "content_type": attachment.content_type,
                "size": len(attachment.content),
                "sha256": hashlib.sha256(attachment.content).hexdigest(),
                "inline": attachment.inline,
                "content_id": attachment.content_id or None,
            }
            for attachment in message.attachments
        ],
        "auto_submitted": message.auto_submitted or None,
        "is_bounce": message.is_bounce,
        "is_automatic": message.is_automatic,
        "from_ambiguous": message.from_ambiguous,
        "notes": list(message.notes),
    }


def _with_line_feeds(raw: bytes, notes: list[str]) -> bytes:
    if b"\n" not in raw and b"\r" in raw:
        notes.append("line ends were carriage returns")
        raw = raw.replace(b"\r", b"\n")
    if raw[:1] in b"\r\n":
        raw = raw.lstrip(b"\r\n")
    return raw.removeprefix(b"\xef\xbb\xbf")


def _read(headers: Headers, name: str, notes: list[str]) -> Reading:
    values = every(headers, name)
    reading = read_addresses(", ".join(values), limit=MAX_ADDRESSES)
    if reading.cut:
        notes.append(f"too many addresses in {name}")
    return reading


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    """Where the message was delivered according to the servers on its way, without doubles, in order."""
    values = [value for name in _DELIVERED_TO for value in every(headers, name)[:20]]
    found = [address.address for value in values for address in read_addresses(value[:2_000], limit=10).addresses]
    return tuple(dict.fromkeys(found))


def _return_path(headers: Headers) -> str | None:
    values = every(headers, "return-path")
    if not values:
        return None
    if values[0].strip() in {"<>", ""}:
        return ""
    return next((address.address for address in read_addresses(values[0][:2_000]).addresses), None)


def _message_ids(value: str) -> list[str]:
    """Ids in angle brackets, also when folded in the middle; else the first word that could be one.

    Some programs write long ids as encoded words (Python's own library does), against RFC 2047.
    """
    value = decode_words(value, [])
    found = [(inner, "".join(inner.split())) for inner in _MESSAGE_ID.findall(value)]
    ids = [f"<{joined}>" for inner, joined in found if joined and (inner == joined or "@" in joined)]
    return ids or [f"<{bare}>" for bare in _BARE_ID.findall(value[:2_000])[:1]]


def _references(headers: Headers) -> tuple[str, ...]:
    """The ids of the thread, oldest first; of a very long thread the first and the newest."""
    found = list(dict.fromkeys(_message_ids(" ".join(every(headers, "references")))))
    return tuple(found if len(found) <= MAX_REFERENCES else [found[0], *found[1 - MAX_REFERENCES :]])


def _date(value: str, notes: list[str]) -> datetime | None:
    """The Date header with its offset; none if it cannot be read or lies outside of any living mail."""
    if not value:
        return None
    try:
        date = parsedate_to_datetime(value[:100])
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
        offset = date.utcoffset() or timedelta()
        if 1970 < date.year < 2100 and abs(offset) < timedelta(hours=24):
            date.astimezone(UTC)
            return date
    except (ValueError, TypeError, IndexError, OverflowError, KeyError, AttributeError):
        pass
    notes.append("date cannot be read")
    return None


def _mailbox(address: Address | None) -> dict[str, str] | None:
    return {"name": address.name, "address": address.address} if address else None
