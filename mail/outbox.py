"""From an article to a message that is ready to be sent: composed once, stored, then only repeated."""

from datetime import timedelta

from django.utils import timezone

from core.blobs import store
from core.html import from_text
from core.secrets import derived_key
from core.work import wake
from mail.addressing import is_ours, sender_for
from mail.compose import Attachment, Draft, Person, compose, make_message_id, references_for, tag_subject
from mail.models import Outgoing
from tickets.models import Article
from tickets.models.article import Sender

# Time in which a person can take a message back. Until agents can set it, messages leave at once.
UNDO = timedelta(0)


def enqueue(article: Article) -> Outgoing | None:
    """Compose the article's mail and put it into the outbox; None when there is nobody to send it to.

    Runs in the article's transaction: either both are there or none.
    """
    ticket = article.ticket
    address = sender_for(ticket.queue)
    recipients = _recipients(article)
    if address is None or not recipients:
        return None
    if not article.to:
        article.to = [{"name": ticket.customer.name, "address": ticket.customer.email}]
    article.message_id = make_message_id(
        derived_key("message ids"), article.uuid, address.address.rpartition("@")[2], ticket.number
    )
    article.sent_from = {"name": address.name, "address": address.address}
    article.save(update_fields=["to", "message_id", "sent_from"])
    draft = _draft(article, address.address, address.name)
    raw = compose(draft)
    outgoing = Outgoing.objects.create(
        article=article,
        ticket=ticket,
        digest=store(raw),
        size=len(raw),
        message_id=article.message_id,
        # Automatic mail has no return path, so that no error about it can come back and be answered (RFC 3834).
        envelope_from="" if article.sender == Sender.SYSTEM else address.address,
        subject=draft.subject,
        recipients=[{"address": r, "state": "queued", "answer": ""} for r in recipients],
        due_at=timezone.now() + UNDO,
    )
    wake(outgoing)
    return outgoing


def _recipients(article: Article) -> list[str]:
    """Everybody in the envelope, once; never an address of ours, which would only loop."""
    people = [*article.to, *article.cc, *article.bcc] or [{"address": article.ticket.customer.email}]
    return [a for a in dict.fromkeys(person["address"] for person in people) if a and not is_ours(a)]


def _draft(article: Article, address: str, name: str) -> Draft:
    ticket = article.ticket
    heard = [m for m in _earlier_ids(article) if m]
    signature = ticket.queue.signature.strip()
    text = f"{article.body}\n\n-- \n{signature}\n" if signature else article.body
    html = (article.html or from_text(article.body)) + (f"<p>-- </p>{from_text(signature)}" if signature else "")
    automatic = article.sender == Sender.SYSTEM
    return Draft(
        from_=Person(name, address),
        to=[Person(p.get("name", ""), p["address"]) for p in article.to],
        cc=[Person(p.get("name", ""), p["address"]) for p in article.cc],
        subject=tag_subject(article.subject or f"Re: {ticket.title}", ticket.number),
        text=text,
        html=html,
        attachments=[
            Attachment(a.name, a.content_type, a.content(), a.is_inline, a.content_id)
            for a in article.attachments.all()
        ],
        message_id=article.message_id,
        in_reply_to=heard[-1] if heard else "",
        references=references_for(heard),
        auto_submitted="auto-replied" if automatic else "",
        date=article.created_at,
    )


def _earlier_ids(article: Article) -> list[str]:
    """Message-IDs of what the customer has seen before, oldest first, the last one by the customer at the end."""
    seen = article.ticket.articles.filter(visible_to_customer=True, pk__lt=article.pk).order_by("pk")
    ids = list(seen.values_list("message_id", "sender"))
    last = next((m for m, sender in reversed(ids) if sender == Sender.CUSTOMER and m), "")
    return [m for m, _sender in ids if m != last] + ([last] if last else [])
