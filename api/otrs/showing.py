"""TicketGet and TicketGetList: tickets with their dynamic fields, articles and files, as far as they are asked for."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Sum

from api.otrs.door import Call, Caller, Refusal, listed, operation
from api.otrs.reading import invalid
from api.otrs.seen import articles_of, as_id, fields_of, tickets_with
from api.otrs.shapes import Beside, dynamic_shape, extended, first_locks_of, moment, ticket_shape, unix
from api.otrs.signing_in import caller_of
from tickets.models import Article, Attachment, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.scanning import look_up

SENDER_IDS = {Sender.AGENT: "1", Sender.SYSTEM: "2", Sender.CUSTOMER: "3"}
CHANNELS = {Channel.EMAIL: ("Email", "1"), Channel.PHONE: ("Phone", "2")}
MOST_BYTES = 100_000_000
INTERNAL = ("Internal", "3")
# Of the body, which is no row among the files.
BODY = "0"


@operation("TicketGet")
def show_tickets(call: Call) -> dict[str, Any]:
    caller = caller_of(call)
    ids = [part.strip() for text in listed(call.data.get("TicketID")) for part in text.split(",")]
    if not any(ids):
        raise Refusal("MissingParameter", "TicketID parameter is missing!")
    if not all(map(as_id, ids)):
        raise Refusal("NotValidTicketID", "Could not get the ticket, TicketID is not valid!")
    tickets = tickets_with(caller, ids)
    beside = Beside.of(tickets)
    fields = list(fields_of(caller)) if call.flag("DynamicFields") else None
    said = _articles(call, tickets, caller=caller) if call.flag("AllArticles") else None
    locks = first_locks_of(tickets) if call.flag("Extended") and not caller.is_customer else None
    shown = []
    for ticket in tickets:
        shape = ticket_shape(ticket, beside, for_customer=caller.is_customer)
        if locks is not None:
            shape |= extended(ticket, beside, locks)
        if fields is not None:
            shape["DynamicField"] = dynamic_shape(ticket.custom_fields, fields)
        if said is not None:
            shape["Article"] = said[ticket.pk]
        shown.append(shape)
    return {"Ticket": shown}


def _articles(call: Call, tickets: Sequence[Ticket], *, caller: Caller) -> dict[int, list[dict[str, Any]]]:
    """By ticket, each with its place in the conversation, which no filter changes."""
    articles = articles_of(caller, tickets).select_related("author").order_by("created_at", "id")
    if call.flag("Attachments"):
        articles = articles.prefetch_related("attachments")
        _refuse_too_much(call, articles)
    by_ticket: dict[int, list[Article]] = {ticket.pk: [] for ticket in tickets}
    if call.flag("Attachments"):
        look_up(file for article in articles for file in article.attachments.all())
    for article in articles:
        by_ticket[article.ticket_id].append(article)
    return {pk: _chosen(call, found, caller=caller) for pk, found in by_ticket.items()}


def _refuse_too_much(call: Call, articles: QuerySet[Article]) -> None:
    """Files travel within one document: what would not fit into the memory of a server is asked for in parts."""
    if call.flag("GetAttachmentContents", default="1"):
        size = Attachment.objects.filter(article__in=articles.order_by()).aggregate(sum=Sum("size"))["sum"] or 0
        if size > MOST_BYTES:
            raise Refusal("InvalidParameter", "These are too many files at once, ask for fewer tickets!")


def _chosen(call: Call, articles: Sequence[Article], *, caller: Caller) -> list[dict[str, Any]]:
    senders = set(listed(call.data.get("ArticleSenderType")))
    places = [
        (place, article) for place, article in enumerate(articles, start=1) if not senders or article.sender in senders
    ]
    if call.text("ArticleOrder").upper() == "DESC":
        places.reverse()
    if limit := call.text("ArticleLimit"):
        if not as_id(limit):
            raise invalid("ArticleLimit")
        places = places[: as_id(limit)]
    return [_article(call, article, place, caller=caller) for place, article in places]


def _article(call: Call, article: Article, place: int, *, caller: Caller) -> dict[str, Any]:
    channel, channel_id = CHANNELS.get(Channel(article.channel), INTERNAL)
    author = str(article.author)
    if caller.is_customer and article.sender == Sender.AGENT:
        author = author.partition(" ")[0]
    sender = written([article.sent_from]) if article.sent_from.get("address") else author
    shape = {
        "ArticleID": str(article.pk),
        "ArticleNumber": place,
        "TicketID": str(article.ticket_id),
        "CommunicationChannel": channel,
        "CommunicationChannelID": channel_id,
        "SenderType": article.sender,
        "SenderTypeID": SENDER_IDS[Sender(article.sender)],
        "IsVisibleForCustomer": str(int(article.visible_to_customer)),
        "From": sender,
        "FromRealname": article.sent_from.get("name") or author,
        "To": written(article.to),
        "Cc": written(article.cc),
        "Bcc": "" if caller.is_customer else written(article.bcc),
        "ReplyTo": written(article.reply_to),
        "Subject": article.subject,
        "Body": article.body,
        "MimeType": "text/plain",
        "Charset": "utf-8",
        "ContentCharset": "utf-8",
        "ContentType": "text/plain; charset=utf-8",
        "MessageID": article.message_id,
        "InReplyTo": "",
        "References": "",
        "TimeUnit": "",
        "CreateTime": moment(article.created_at),
        "CreateBy": "" if caller.is_customer else str(article.author_id),
        "ChangeTime": moment(article.created_at),
        "ChangeBy": "" if caller.is_customer else str(article.author_id),
        "IncomingTime": unix(article.created_at),
    }
    if call.flag("DynamicFields"):
        shape["DynamicField"] = []
    if call.flag("Attachments") and (files := _files(call, article)):
        shape["Attachment"] = files
    return shape


def _files(call: Call, article: Article) -> list[dict[str, Any]]:
    with_content = call.flag("GetAttachmentContents", default="1")
    files = [_file(one, with_content=with_content) for one in article.attachments.all()]
    if call.flag("HTMLBodyAsAttachment") and article.html:
        content = article.html.encode()
        files.append(
            {
                "Filename": "file-2",
                "ContentType": 'text/html; charset="utf-8"',
                "Disposition": "inline",
                "ContentID": "",
                "ContentAlternative": "1",
                "FileID": BODY,
                "FilesizeRaw": str(len(content)),
                "Content": b64encode(content).decode() if with_content else "",
            }
        )
    return files


def _file(attachment: Attachment, *, with_content: bool) -> dict[str, Any]:
    """One that is not given out stands there without its content: what is asked for is the ticket."""
    with_content = with_content and not attachment.verdict.is_withheld
    return {
        "Filename": attachment.name,
        "ContentType": attachment.content_type,
        "Disposition": "inline" if attachment.is_inline else "attachment",
        "ContentID": f"<{attachment.content_id}>" if attachment.content_id else "",
        "ContentAlternative": "",
        "FileID": str(attachment.pk),
        "FilesizeRaw": str(attachment.size),
        "Content": b64encode(attachment.content()).decode() if with_content else "",
    }


def written(people: Sequence[dict[str, str]]) -> str:
    """Addresses as in the head of a mail."""
    return ", ".join(
        f'"{one["name"]}" <{one["address"]}>' if one.get("name") else one.get("address", "") for one in people
    )
