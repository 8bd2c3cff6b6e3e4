"""A mail that was read, as what somebody says on a ticket."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import override

from core.html import from_text
from core.links import concealed
from core.text import clean_line
from mail import parse
from mail.invitations import words_of
from mail.models import Incoming
from mail.recipients import OF_LIST
from tickets.messages import File, Message
from tickets.models import Queue


def message_of(mail: parse.Message, incoming: Incoming, *, marks: Sequence[dict[str, Any]], queue: Queue) -> Message:
    """Its words, files and people, and what a reader must know of it."""
    repaired = [{"code": "repaired", "note": note} for note in mail.notes[:5]]
    protected = [{"code": "protected", "how": mail.protection}] if mail.protection else []
    of_list = [OF_LIST] if mail.reply_to and is_of_list(mail) else []
    text, html = _words(mail, queue)
    return Message(
        text=concealed(text),
        html=concealed(html),
        subject=mail.subject,
        files=files_of(mail),
        sent_from=plain(mail.from_) if mail.from_ else {"name": "", "address": incoming.sender},
        to=[plain(a) for a in mail.to],
        cc=[plain(a) for a in mail.cc],
        reply_to=[plain(a) for a in mail.reply_to],
        message_id=mail.message_id,
        marks=[*marks, *of_list, *protected, *repaired],
    )


def is_of_list(mail: parse.Message) -> bool:
    """Whether a mailing list has passed it on (RFC 2919, RFC 2369). List-Unsubscribe alone says nothing: whoever sends
    for shops sets it, too."""
    return bool(mail.list_id or mail.header("list-post"))


def files_of(mail: parse.Message) -> list[File]:
    return [File(a.name, a.content_type, a.content, a.inline, a.content_id) for a in mail.attachments]


def plain(address: parse.Address) -> dict[str, str]:
    return {"name": clean_line(address.name, 150), "address": address.address}


def _words(mail: parse.Message, queue: Queue) -> tuple[str, str]:
    """Text and HTML, with what an invitation says in words for the agents of the queue."""
    with override(queue.language or "en"):
        added = words_of(mail)
    if not added:
        return mail.text, mail.html
    return "\n\n".join(filter(None, [mail.text, added])), mail.html and f"{mail.html}\n{from_text(added)}"
