"""From raw bytes to a `Message`: the public face of the mail parser.

`parse` reads any bytes whatever: it never hangs and raises nothing but `TooComplex`, which means quarantine. It uses
no mail parser of the standard library (those raise, hang or need minutes on hostile mail) and never re-serialises.
Call it for strangers' mail through `mail.sandbox.parse_limited`, which also bounds time and memory.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.text import clean_line
from mail.addresses import Address, Reading, read_addresses
from mail.parsing.automatic import keyword, why_automatic, why_by_machine
from mail.parsing.bodies import read_bodies
from mail.parsing.bounces import read_bounce
from mail.parsing.charsets import hinted_charset
from mail.parsing.content import content_of
from mail.parsing.dates import read_date
from mail.parsing.headers import Headers, every, first, read_headers
from mail.parsing.model import (
    MAX_ADDRESSES,
    MAX_REFERENCES,
    Attachment,
    Bounce,
    FailedRecipient,
    Invitation,
    Message,
    TooComplex,
)
from mail.parsing.protection import SMIME_TYPES, protection_of
from mail.parsing.tree import read_tree
from mail.parsing.words import decode_words

__all__ = ["Address", "Attachment", "Bounce", "FailedRecipient", "Invitation", "Message", "TooComplex"]
__all__ += ["parse", "parse_beginning", "parse_head"]

SUBJECT_LIMIT = 1_000
MAX_NOTES = 30
_BEGINNINGS = (256 * 1024, 32 * 1024, 4 * 1024)  # the last is too short for any limit to be reached

_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
_MESSAGE_ID = re.compile(r"<([^<>]{1,990})>")
_BARE_ID = re.compile(r"[^<>\s,;]{1,500}@[^<>\s,;]{1,490}")
_MORE_HEADERS = re.compile(rb"(?i)(?:from|to|subject|date|content-type|mime-version|received|x-[a-z-]{1,60}):[ \t]")
_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "apparently-to")
_LOOP_HEADERS = ("x-loop", "x-helpdesk-loop")


def parse(raw: bytes) -> Message:
    """Everything we know how to read from a raw message; raises only TooComplex.

    `html` is not cleaned: the caller cleans it when the addresses of the attachments are known.
    """
    notes: list[str] = []
    raw = _with_line_feeds(raw, notes)
    hint = hinted_charset(raw)
    headers, body = _read_whole_header(raw, notes, hint)
    root = read_tree(raw, body, headers, notes, hint=hint)
    written = read_bodies(raw, root, notes, hint=hint)
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
        bounce=read_bounce(raw, root, headers, text, sender=signs["sender"], subject=subject),
        invitation=written.invitation,
        protection=protection_of(root, text, content_of(raw, root, []) if root.content_type in SMIME_TYPES else b""),
        loop_headers=tuple(clean_line(value, 255) for name in _LOOP_HEADERS for value in every(headers, name)[:20]),
        received_count=len(every(headers, "received")),
        headers=tuple(headers),
        notes=tuple(dict.fromkeys(notes))[:MAX_NOTES],
    )


def parse_beginning(raw: bytes, *, why: str) -> Message:
    """Of a message that is too complex: its header and first words, and the whole of it as one file. Never raises."""
    whole = Attachment(name="message.eml", content_type="message/rfc822", content=raw)
    for size in _BEGINNINGS[:-1]:
        try:
            message = parse(raw[:size])
            break
        except TooComplex:
            continue
    else:
        message = parse(raw[: _BEGINNINGS[-1]])
    return replace(message, attachments=(whole,), notes=(f"too complex: {why}", *message.notes))


def parse_head(raw: bytes) -> Message:
    """The header alone, of which no more than the beginning is looked at: who it is from and what it is about, for a
    message that was not read. Never raises."""
    head = raw[: _BEGINNINGS[0]]
    blank = _BLANK_LINE.search(head)
    head = head[: blank.end()] if blank else head
    for size in _BEGINNINGS[:-1]:
        try:
            return parse(head[:size])
        except TooComplex:
            continue
    return parse(head[: _BEGINNINGS[-1]])


def _read_whole_header(raw: bytes, notes: list[str], hint: str) -> tuple[Headers, int]:
    """The header, with what follows an empty line in its middle if the rest is so plainly a header as well."""
    headers, body = read_headers(raw, 0, notes, hint=hint)
    if headers and not any(first(headers, name) for name in ("from", "subject", "content-type")):
        start = body + len(raw[body : body + 200]) - len(raw[body : body + 200].lstrip())
        if _MORE_HEADERS.match(raw, start):
            more, body = read_headers(raw, start, notes, hint=hint)
            notes.append("empty line inside of the header")
            return headers + more, body
    return headers, body


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
    date = read_date(value)
    if date is None and value:
        notes.append("date cannot be read")
    return date
