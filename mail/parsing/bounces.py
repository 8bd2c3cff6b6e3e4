"""Delivery reports: RFC 3464 by field, others by header or by their words (mail/parsing/old_reports.py).

A report is only a claim. Whether it is believed depends on our token in the original Message-ID (T34).
"""

import re
from dataclasses import replace

from mail.addresses import is_address, read_addresses
from mail.parsing.automatic import keyword
from mail.parsing.content import content_of
from mail.parsing.headers import Headers, every, first, read_headers
from mail.parsing.model import Bounce, FailedRecipient, TooComplex
from mail.parsing.old_reports import is_report, recipients_in
from mail.parsing.tree import Part

MAX_RECIPIENTS = 200
MAX_REPORT = 512 * 1024

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ORIGINAL_TYPES = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}) | {
    "message/rfc822-headers",
    "message/partial",
}
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,900}>")
_MESSAGE_ID_LINE = re.compile(r"(?im)^[> \t]{0,20}message-id:[ \t]{0,20}(<[^<>\s]{3,900}>)")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_STATUS_IN_WORDS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_ACTIONS = {"2": "delivered", "4": "delayed", "5": "failed"}
_BLANK_LINES = re.compile(rb"\r?\n[ \t]*\r?\n")


def read_bounce(raw: bytes, root: Part, headers: Headers, text: str, *, sender: str, subject: str) -> Bounce | None:
    """The delivery report in this message, or None. A report about reading (RFC 8098) is none."""
    parts = _leaves(root)
    status = next((part for part in parts if part.content_type in _STATUS_TYPES), None)
    failed = read_addresses(first(headers, "x-failed-recipients"), limit=MAX_RECIPIENTS).addresses
    said = root.parameters.get("report-type", "").lower() if root.content_type == "multipart/report" else ""
    nobody = first(headers, "return-path").strip() == "<>"
    by_words = not said and is_report(text, subject=subject, sender=sender, nobody=nobody)
    if status is None and not failed and said != "delivery-status" and not by_words:
        return None
    original = next((part for part in parts if part.content_type in _ORIGINAL_TYPES), None)
    recipients = _recipients(raw, status) if status else ()
    recipients = recipients or _explained([each.address for each in failed], recipients_in(text))
    return Bounce(
        recipients=recipients or _addressee(raw, original), original_message_id=_original_id(raw, original, text)
    )


def _explained(addresses: list[str], said: tuple[FailedRecipient, ...]) -> tuple[FailedRecipient, ...]:
    """The addresses that a header names, with what the words say about each; those of the words if it names none."""
    if len(addresses) == len(said) == 1:
        return (replace(said[0], address=addresses[0]),)
    known = {each.address.lower(): each for each in said}
    named = (known.get(each.lower()) or FailedRecipient(address=each, action="failed") for each in addresses)
    return tuple(named) or said


def _addressee(raw: bytes, original: Part | None) -> tuple[FailedRecipient, ...]:
    """Of a report that names nobody: whom the returned message was for, if it went to one alone."""
    if original is None:
        return ()
    headers = _headers(content_of(raw, original, [])[:MAX_REPORT].lstrip())
    meant = [each.address for name in ("to", "cc") for each in read_addresses(first(headers, name), limit=2).addresses]
    return (FailedRecipient(address=meant[0], action="failed"),) if len(meant) == 1 and is_address(meant[0]) else ()


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
        diagnostic = " ".join(every(fields, "diagnostic-code"))
        status = _status(first(fields, "status"), diagnostic)
        found.append(
            FailedRecipient(
                address=next((each for each in (address, original) if is_address(each)), ""),
                action=keyword(first(fields, "action"))[:20] or _ACTIONS.get(status[:1], ""),
                status=status,
                diagnostic=diagnostic[:500],
                original=original if is_address(original) else "",
            )
        )
    return tuple(found)


def _status(value: str, diagnostic: str) -> str:
    """The code of RFC 3463; what the other server said where the field is missing or says no more than "failed"."""
    said, heard = _STATUS.search(value), _STATUS_IN_WORDS.search(diagnostic)
    if said and not (heard and said[0].endswith(".0.0") and heard[0][0] == said[0][0]):
        return said[0]
    return heard[0] if heard else ""


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
