"""What events mean for mail, inside their transaction (settings.WITHIN): rows in the outbox, nothing more."""

from django.conf import settings

from accounts.invitations import concealed_link
from accounts.people import system_actor
from core.links import request_in_portal
from mail.addressing import sender_for
from mail.loops import may_answer, note_answer
from mail.models import Incoming
from mail.outbox import enqueue
from mail.texts import RECEIPT, REFUSED, Text, fill
from tickets.actions.replying import send_automatic
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.messages import Message
from tickets.models import Article, Event
from tickets.models.article import Sender
from tickets.models.ticket import Channel

SPOKEN = ("ticket.created", "article.added")


def send_article(event: Event) -> None:
    """An email written here by an agent or by the system leaves; one that came in does not."""
    article = event.article
    if event.kind not in SPOKEN or article is None or article.channel != Channel.EMAIL:
        return
    if article.visible_to_customer and article.sender in (Sender.AGENT, Sender.SYSTEM):
        enqueue(article)


def acknowledge(event: Event) -> None:
    """A customer's new request gets a receipt, a refused message a notice; never in answer to automatic mail."""
    article = event.article
    if article is None or article.sender != Sender.CUSTOMER:
        return
    if event.kind == "ticket.created" and article.channel in (Channel.EMAIL, Channel.WEB):
        _answer(event, article, RECEIPT)
    elif event.kind == "article.refused":
        _answer(event, article, REFUSED)


def _answer(event: Event, article: Article, text: Text) -> None:
    ticket = event.ticket
    recipient = article.sent_from.get("address") or ticket.customer.email
    if not may_answer(recipient, _incoming(event)):
        return
    if sender_for(ticket.queue) is None:
        _say_that_none_was_sent(event)
        return
    note_answer(recipient)
    invited = article.author == ticket.customer and not ticket.customer.has_usable_password()
    subject, body = fill(
        text,
        ticket.language,
        number=f"#{ticket.number}",
        link=request_in_portal(ticket.number),
        # Agents read the article, so it only says that there was a link; None, because "" counts as true in Liquid.
        invitation=concealed_link() if invited else None,
        days=settings.INVITATION_DAYS,
    )
    message = Message(text=body, subject=subject, to=[{"name": "", "address": recipient}])
    send_automatic(ticket, message, by=system_actor("mail"), cause=Cause("automatic", event=event))


def _say_that_none_was_sent(event: Event) -> None:
    with locked(event.ticket) as ticket:
        record(ticket, "mail.unsent", by=system_actor("mail"), cause=Cause("automatic", event=event))


def _incoming(event: Event) -> Incoming | None:
    return Incoming.objects.filter(pk=event.cause_reference).first() if event.cause_kind == "mail" else None
