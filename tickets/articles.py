"""Writing an article: the row, its files, its words for the search, and the facts it leaves on the ticket."""

import re

from django.db.models import Max, Q, Sum

from accounts.models import User
from core.blobs import store
from core.html import clean, excerpt, to_text
from core.text import clean_filename, clean_line, strip_nul
from tickets.changes import keep
from tickets.messages import File, Message
from tickets.models import Article, Attachment, Mention, Ticket
from tickets.models.article import Sender
from tickets.passages import add_words, rewrite
from tickets.scanning import have_checked

_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+\Z", re.ASCII)


def write_article(ticket: Ticket, message: Message, *, channel: str, sender: str, visible: bool, by: User) -> Article:
    """Add an article to a locked ticket; the caller records the event."""
    html = clean(message.html, images=own_pictures(message)) if message.html else ""
    body = strip_nul(message.text) or (to_text(html) if html else "")
    subject = clean_line(message.subject, 500)
    article = Article.objects.create(
        ticket=ticket,
        channel=channel,
        sender=sender,
        author=by,
        visible_to_customer=visible,
        sent_from=message.sent_from,
        to=list(message.to),
        cc=list(message.cc),
        bcc=list(message.bcc),
        reply_to=list(message.reply_to),
        subject=subject,
        body=body,
        html=html,
        message_id=message.message_id[:250],
        marks=list(message.marks),
        submission=message.submission,
        send_at=message.send_at,
    )
    have_checked([attach(article, file) for file in message.files])
    if message.mentions:
        named = [Mention(ticket=ticket, article=article, user_id=pk) for pk in {user.pk for user in message.mentions}]
        Mention.objects.bulk_create(named)
    if sender != Sender.SYSTEM:  # the same words stand in every receipt
        add_words(ticket, article, file_names=[file.name for file in message.files])
    _leave_facts(ticket, article, has_files=any(not file.is_inline for file in message.files))
    return article


def attach(article: Article, file: File) -> Attachment:
    """Keep a file of an article. Its bytes are stored before the row, under their digest alone.

    The caller has them checked (tickets/scanning.py), all that it keeps at once.
    """
    content_type = file.content_type.lower()
    return Attachment.objects.create(
        article=article,
        name=clean_filename(file.name),
        content_type=content_type[:150] if _TYPE.match(content_type) else "application/octet-stream",
        size=len(file.content),
        digest=store(file.content),
        is_inline=file.is_inline,
        content_id=clean_line(file.content_id, 250),
    )


def own_pictures(message: Message) -> dict[str, str]:
    """Pictures that came along keep their `cid:` names; whoever shows or sends the article puts in addresses."""
    return {file.content_id: f"cid:{file.content_id}" for file in message.files if file.content_id}


def count_facts(ticket: Ticket) -> None:
    """Work the facts for lists and the words for the search out anew, after articles have moved or been hidden."""
    public = ticket.articles.filter(visible_to_customer=True)
    said = public.exclude(sender=Sender.SYSTEM).order_by("-created_at", "-id").first()
    latest = public.aggregate(public=Max("created_at"), customer=Max("created_at", filter=Q(sender=Sender.CUSTOMER)))
    ticket.last_public_at, ticket.last_customer_at = latest["public"], latest["customer"]
    ticket.preview = excerpt(said.body, 200) if said else ""
    ticket.has_files = Attachment.objects.filter(article__ticket=ticket, is_inline=False).exists()
    ticket.time_spent = ticket.time_entries.aggregate(sum=Sum("minutes"))["sum"] or 0
    rewrite(ticket)
    keep(ticket, "last_public_at", "last_customer_at", "preview", "has_files", "time_spent")


def _leave_facts(ticket: Ticket, article: Article, *, has_files: bool) -> None:
    changed = []
    if has_files and not ticket.has_files:
        ticket.has_files = True
        changed.append("has_files")
    if article.visible_to_customer:
        ticket.last_public_at = article.created_at
        changed.append("last_public_at")
        if article.sender != Sender.SYSTEM:  # a receipt says nothing about the ticket
            ticket.preview = excerpt(article.body, 200)
            changed.append("preview")
        if article.sender == Sender.CUSTOMER:
            ticket.last_customer_at = article.created_at
            changed.append("last_customer_at")
    keep(ticket, *changed)
