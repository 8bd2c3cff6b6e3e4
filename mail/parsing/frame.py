"""A `Message` as bytes and back: JSON for the words, raw blobs for the files. Nothing in it can run code."""

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from mail.addresses import Address
from mail.parsing.model import Attachment, Bounce, FailedRecipient, Invitation, Message

_ADDRESS_LISTS = ("from_addresses", "reply_to", "to", "cc")
_ADDRESSES = ("from_", "sender")
_STRING_LISTS = ("delivered_to", "references", "loop_headers", "notes")


def pack(message: Message) -> bytes:
    """Length of the JSON (8 bytes), the JSON, then the contents of the attachments one after the other."""
    values: dict[str, Any] = {field.name: getattr(message, field.name) for field in fields(message)}
    for name in _ADDRESS_LISTS:
        values[name] = [[address.name, address.address] for address in values[name]]
    for name in _ADDRESSES:
        values[name] = values[name] and [values[name].name, values[name].address]
    values["date"] = message.date and message.date.isoformat()
    if message.bounce is not None:
        recipients = [[r.address, r.action, r.status, r.diagnostic, r.original] for r in message.bounce.recipients]
        values["bounce"] = [recipients, message.bounce.original_message_id]
    if message.invitation is not None:
        values["invitation"] = asdict(message.invitation) | {
            name: moment and moment.isoformat()
            for name, moment in (("starts", message.invitation.starts), ("ends", message.invitation.ends))
        }
    values["attachments"] = [
        [a.name, a.content_type, len(a.content), a.inline, a.content_id] for a in message.attachments
    ]
    header = json.dumps(values).encode()
    return b"".join([len(header).to_bytes(8, "big"), header, *(a.content for a in message.attachments)])


def unpack(data: bytes) -> Message:
    """The message that was packed; ValueError if the bytes are none."""
    start = 8 + int.from_bytes(data[:8], "big")
    values = json.loads(data[8:start])
    for name in _ADDRESS_LISTS:
        values[name] = tuple(Address(*pair) for pair in values[name])
    for name in _ADDRESSES:
        values[name] = Address(*values[name]) if values[name] else None
    for name in _STRING_LISTS:
        values[name] = tuple(values[name])
    values["headers"] = tuple((name, value) for name, value in values["headers"])
    values["date"] = datetime.fromisoformat(values["date"]) if values["date"] else None
    if values["bounce"] is not None:
        recipients, original = values["bounce"]
        failed = tuple(
            FailedRecipient(address=address, action=action, status=status, diagnostic=diagnostic, original=sent_to)
            for address, action, status, diagnostic, sent_to in recipients
        )
        values["bounce"] = Bounce(recipients=failed, original_message_id=original)
    if values["invitation"] is not None:
        moments = ((name, values["invitation"][name]) for name in ("starts", "ends"))
        read = {name: moment and datetime.fromisoformat(moment) for name, moment in moments}
        values["invitation"] = Invitation(**values["invitation"] | read)
    attachments = []
    for name, content_type, size, inline, content_id in values["attachments"]:
        content = data[start : start + size]
        start += size
        attachments.append(
            Attachment(name=name, content_type=content_type, content=content, inline=inline, content_id=content_id)
        )
    if start != len(data):
        raise ValueError("a packed message has the wrong length")
    return Message(**values | {"attachments": tuple(attachments)})
