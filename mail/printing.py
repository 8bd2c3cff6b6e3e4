"""A parsed message as JSON, with the names that integrators rely on: what `parse_mail` prints."""

import hashlib
from typing import Any

from mail.addresses import Address
from mail.invitations import words_of
from mail.parse import Attachment, Message, parse, parse_beginning
from mail.parsing.model import Bounce, Invitation, TooComplex


def print_form(raw: bytes) -> dict[str, Any]:
    """What there is to know of any bytes; of a message too complex to be taken apart, its header and its beginning."""
    try:
        return to_json(parse(raw))
    except TooComplex as error:
        return to_json(parse_beginning(raw, why=str(error)))


def to_json(message: Message) -> dict[str, Any]:
    """Attachments by size and digest; the words of an invitation follow the text."""
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
        "text": "\n\n".join(filter(None, [message.text, words_of(message)])),
        "html": message.html or None,
        "attachments": [_file(attachment) for attachment in message.attachments],
        "auto_submitted": message.auto_submitted or None,
        "is_bounce": message.is_bounce,
        "is_automatic": message.is_automatic,
        "from_ambiguous": message.from_ambiguous,
        "bounce": _bounce(message.bounce) if message.bounce else None,
        "invitation": _invitation(message.invitation) if message.invitation else None,
        "protection": message.protection or None,
        "notes": list(message.notes),
    }


def _mailbox(address: Address | None) -> dict[str, str] | None:
    return {"name": address.name, "address": address.address} if address else None


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": len(attachment.content),
        "sha256": hashlib.sha256(attachment.content).hexdigest(),
        "inline": attachment.inline,
        "content_id": attachment.content_id or None,
    }


def _bounce(bounce: Bounce) -> dict[str, Any]:
    return {
        "original_message_id": bounce.original_message_id or None,
        "recipients": [
            {"address": r.address, "action": r.action, "status": r.status, "diagnostic": r.diagnostic}
            for r in bounce.recipients
        ],
    }


def _invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "method": invitation.method or None,
        "summary": invitation.summary,
        "location": invitation.location,
        "starts": invitation.starts.isoformat(),
        "ends": invitation.ends.isoformat() if invitation.ends else None,
        "whole_day": invitation.whole_day,
        "zone": invitation.zone or None,
    }
