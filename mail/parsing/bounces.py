"""Delivery reports: RFC 3464 by field, others by header or by their words (mail/parsing/old_reports.py).

A report is only a claim. Whether it is believed depends on our token in the original Message-ID (T34).
"""

import re

from mail.addresses import is_address, read_addresses
from mail.parsing.content import content_of
from mail.parsing.headers import Headers, every, first, read_headers
from mail.parsing.model import Bounce, FailedRecipient, TooComplex
from mail.parsing.old_reports import is_report, recipients_in
from mail.parsing.tree import Part

MAX_RECIPIENTS = 200
MAX_REPORT = 512 * 1024

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ORIGINAL_TYPES = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,900}>")
_MESSAGE_ID_LINE = re.compile(r"(?im)^[> \t]{0,20}message-id:[ \t]{0,20}(<[^<>\s]{3,900}>)")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_BLANK_LINES = re.compile(rb"\r?\n[ \t]*\r?\n")


def read_bounce(raw: bytes, root: Part, headers: Headers, text: str, *, sender: str, subject: str) -> Bounce | None:
    """The delivery report in this message, or None. A report about reading (RFC 8098) is none."""
    parts = _leaves(root)
    status = next((part for part in parts if part.content_type in _STATUS_TYPES), None)
    failed = read_addresses(first(headers, "x-failed-recipients"), limit=MAX_RECIPIENTS).addresses
    said = root.parameters.get("report-type", "").lower() if root.content_type == "multipart/report" else ""
    by_words = not said and is_report(text, subject=subject, sender=sender)
    if status is None and not failed and said != "delivery-status" and not by_words:
        return None
    original = next((part for part in parts if part.content_type in _ORIGINAL_TYPES), None)
    recipients = _recipients(raw, status) if status else ()
    recipients = recipients or tuple(FailedRecipient(address=each.address, action="failed") for each in failed)
    return Bounce(recipients=recipients or recipients_in(text), original_message_id=_original_id(raw, original, text))


def _leaves(part: Part) -> list[Part]:
    found, waiting = [], [part]
    while waiting:
        part = waiting.pop()
        waiting += reversed(part.children)
        if not part.children:
            found.append(part)
    return found


def _recipients(raw: bytes, part: Part) -> tuple[FailedRecipient, ...]:
    found = []
    for group in _BLANK_LINES.split(content_of(raw, part, [])[:MAX_REPORT].strip())[: MAX_RECIPIENTS + 1]:
        fields = _headers(group)
        original = _typed(first(fields, "original-recipient"))
        address = _typed(first(fields, "final-recipient")) or original
        if not address:
            continue
        status = _STATUS.search(first(fields, "status"))
        found.append(
            FailedRecipient(
                address=address if is_address(address) else "",
                action=first(fields, "action").strip().lower()[:20],
                status=status[0] if status else "",
                diagnostic=" ".join(every(fields, "diagnostic-code"))[:500],
                original=original if is_address(original) else "",
            )
        )
    return tuple(found)


def _original_id(raw: bytes, part: Part | None, text: str) -> str:
    if part is not None:
        match = _MESSAGE_ID.search(first(_headers(content_of(raw, part, [])[:MAX_REPORT].lstrip()), "message-id"))
        if match:
            return match[0]
    match = _MESSAGE_ID_LINE.search(text)
    return match[1] if match else ""


def _headers(block: bytes) -> Headers:
    try:
        return read_headers(block, 0, [])[0]
    except TooComplex:
        return []


def _typed(value: str) -> str:
    """`rfc822; someone@example.com` -> the address."""
    return value.rpartition(";")[2].strip(" \t<>")
