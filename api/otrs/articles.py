"""What clients say: `Article` with its `Attachment` as a message, and which verb it takes."""

import codecs
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any

from django.core.exceptions import ValidationError

from api.otrs.door import Call, Caller, Refusal, scalar
from api.otrs.reading import Facts, invalid, require
from api.otrs.seen import denied, tickets_of
from api.v1.fields import is_address
from api.v1.forms import LARGEST_FILES, LONGEST_TEXT, MOST_FILES, MOST_PEOPLE
from core.html_text import to_text
from core.text import clean_line
from tickets.actions.effort import spend
from tickets.actions.replying import add_note, log_call, log_contact, receive, reply
from tickets.messages import File, Message
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel

SENDERS = {"1": "agent", "2": "system", "3": "customer"}
# More is nobody's request: each is written, and perhaps sent, on its own (T71).
MOST_ARTICLES = 20
CHANNELS = {"1": "Email", "2": "Phone", "3": "Internal", "4": "Chat", "5": "Web"}


@dataclass(frozen=True)
class Words:
    """One article that a client sends. `channel` is ours: "email" only where a mail leaves, or came from a customer."""

    message: Message
    channel: str
    sender: str
    minutes: int

    @property
    def is_note(self) -> bool:
        return self.channel == Channel.NOTE


def words_of(call: Call, *, caller: Caller) -> list[Words]:
    """The articles of a request. Files beside them belong to the first one."""
    sent = call.data.get("Article")
    articles = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(article, dict) for article in articles):
        raise invalid("Article")
    if len(articles) > MOST_ARTICLES:
        raise invalid("Article")
    files = _files(call.data.get("Attachment"))
    return [_words(facts, () if number else files, caller=caller) for number, facts in enumerate(articles)]


def say(ticket: Ticket, words: Words, *, caller: Caller) -> Article:
    """Add them to a locked ticket, by the verb that fits; whose the right is has been checked."""
    how: dict[str, Any] = {"by": caller.person, "cause": caller.cause}
    if words.sender == Sender.CUSTOMER and ticket.merged_into_id and tickets_of(caller).survivor_of(ticket) is None:
        raise denied()
    message = words.message
    if words.is_note:
        article = add_note(ticket, message, **how)
    elif words.sender == Sender.CUSTOMER and words.channel == Channel.PHONE:
        article = log_call(ticket, message, caller=Sender.CUSTOMER, **how)
    elif words.sender == Sender.CUSTOMER:
        article = receive(ticket, message, channel=words.channel, **how)
    elif words.channel == Channel.EMAIL:
        article = reply(ticket, message, **how)
    else:
        article = log_contact(ticket, message, channel=words.channel, visible=True, **how)
    note_time(article.ticket, words, caller=caller)
    return article


def note_time(ticket: Ticket, words: Words, *, caller: Caller) -> None:
    if words.minutes and not caller.is_customer:
        try:
            spend(ticket, words.minutes, by=caller.person, cause=caller.cause)
        except ValidationError as error:
            raise invalid("Article->TimeUnit") from error


def _words(facts: Facts, files: Sequence[File], *, caller: Caller) -> Words:
    require(facts, "Subject", of="Article")
    require(facts, "Body", of="Article")
    is_html = _is_html(facts)
    body = facts["Body"] if isinstance(facts["Body"], str) else scalar(facts["Body"])
    if len(body) > LONGEST_TEXT:
        raise invalid("Article->Body")
    own = _files(facts.get("Attachment"))
    channel, sender = _channel_and_sender(facts, caller=caller)
    recipients = {name: _addresses(facts.get(name.capitalize())) for name in ("to", "cc", "bcc")}
    message = Message(
        text=to_text(body) if is_html else body,
        html=body if is_html else "",
        subject=clean_line(scalar(facts["Subject"]), 500),
        files=[*files, *own],
        sent_from=(_addresses(facts.get("From")) or [{}])[0] if sender == Sender.CUSTOMER else {},
        **(recipients if channel == Channel.EMAIL else {}),  # type: ignore[arg-type]
    )
    return Words(message, channel, sender, _minutes(facts))


def _channel_and_sender(facts: Facts, *, caller: Caller) -> tuple[str, str]:
    """Nothing is sent unless ArticleSend asks for it; other words that customers may read are of the channel "web"."""
    if caller.is_customer:
        return Channel.WEB, Sender.CUSTOMER
    sender = SENDERS.get(scalar(facts.get("SenderTypeID"))) or scalar(facts.get("SenderType")) or "agent"
    channel = CHANNELS.get(scalar(facts.get("CommunicationChannelID"))) or scalar(facts.get("CommunicationChannel"))
    if sender not in SENDERS.values():
        raise invalid("Article->SenderType")
    if channel and channel not in CHANNELS.values():
        raise invalid("Article->CommunicationChannel")
    said_by = Sender.CUSTOMER if sender == "customer" else Sender.AGENT
    if not _is_visible(facts):
        return Channel.NOTE, Sender.AGENT
    if scalar(facts.get("ArticleSend")) not in ("", "0"):
        return Channel.EMAIL, Sender.AGENT
    if channel == "Email" and said_by == Sender.CUSTOMER:
        return Channel.EMAIL, said_by
    return (Channel.PHONE if channel == "Phone" else Channel.WEB), said_by


def _is_visible(facts: Facts) -> bool:
    """Of OTRS 5 and before, the type of an article ended in -internal or -external."""
    if old := scalar(facts.get("ArticleType")):
        return not old.endswith(("-internal", "-report"))
    return (scalar(facts.get("IsVisibleForCustomer")) or "1") != "0"


def _is_html(facts: Facts) -> bool:
    kind, _semicolon, rest = scalar(facts.get("ContentType")).partition(";")
    charset = rest.partition("=")[2].strip(" \"'")
    kind, charset = kind or scalar(facts.get("MimeType")), charset or scalar(facts.get("Charset"))
    if not kind or not charset:
        raise Refusal("MissingParameter", "Article->ContentType or Article->MimeType and Article->Charset is missing!")
    if kind.strip().lower() not in ("text/plain", "text/html"):
        raise invalid("Article->MimeType")
    try:
        codecs.lookup(charset)
    except (LookupError, ValueError) as error:
        raise invalid("Article->Charset") from error
    return kind.strip().lower() == "text/html"


def _minutes(facts: Facts) -> int:
    try:
        return round(float(scalar(facts.get("TimeUnit")) or 0))
    except (ValueError, OverflowError) as error:
        raise invalid("Article->TimeUnit") from error


def _files(sent: Any) -> list[File]:
    if not sent:
        return []
    entries = [sent] if isinstance(sent, dict) else sent
    if not isinstance(entries, list):
        raise Refusal("MissingParameter", "Attachment parameter is missing or not valid!")
    if len(entries) > MOST_FILES:
        raise invalid("Attachment")
    files = [_file(entry) for entry in entries]
    if sum(len(file.content) for file in files) > LARGEST_FILES:
        raise invalid("Attachment->Content")
    return files


def _file(entry: Any) -> File:
    if not isinstance(entry, dict):
        raise invalid("Attachment")
    for name in ("Content", "ContentType", "Filename"):
        require(entry, name, of="Attachment")
    try:
        content = b64decode("".join(str(entry["Content"]).split()), validate=True)
    except (NotBase64, ValueError) as error:
        raise invalid("Attachment->Content") from error
    is_inline = scalar(entry.get("Disposition")).lower() == "inline" and bool(scalar(entry.get("ContentID")))
    return File(
        name=scalar(entry["Filename"])[:1000],
        content_type=scalar(entry["ContentType"])[:150],
        content=content,
        is_inline=is_inline,
        content_id=scalar(entry.get("ContentID")).strip("<>")[:250],
    )


def _addresses(written: Any) -> list[dict[str, str]]:
    text = scalar(written)
    if not text:
        return []
    found = [{"name": clean_line(name, 150), "address": address} for name, address in getaddresses([text[:20_000]])]
    return [one for one in found if is_address(one["address"])][:MOST_PEOPLE]
