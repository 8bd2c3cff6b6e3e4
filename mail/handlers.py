"""What events mean for mail, inside their transaction (settings.WITHIN): rows in the outbox, nothing more."""

from django.utils.translation import gettext as _

from accounts.people import system_actor
from mail.addressing import is_ours, sender_for
from mail.answers import forecast, is_on, recipient_of, words
from mail.current import is_automatic
from mail.facts import ENTRUSTED
from mail.loops import note_answer, take_turns
from mail.models import AutomaticText, Outgoing
from mail.outbox import enqueue
from mail.sending import send_now
from mail.withdrawing import stop_mail
from tickets.actions.replying import CONTINUES, send_automatic
from tickets.actions.splitting import SPLIT
from tickets.actions.web_forms import HELD
from tickets.changes import locked
from tickets.events import Cause, Refused, record
from tickets.messages import Message
from tickets.models import Article, Event
from tickets.models.article import Sender
from tickets.models.ticket import Channel

SPOKEN = ("ticket.created", "article.added")


def send_article(event: Event) -> None:
    """An email written here by an agent or by the system leaves; one that came in does not."""
    article = event.article
    if event.kind not in SPOKEN or event.cause_kind == SPLIT or article is None or article.channel != Channel.EMAIL:
        return
    if article.sender in (Sender.AGENT, Sender.SYSTEM) and ENTRUSTED not in article.marks:
        enqueue(article)


def send_what_waited(digest: str) -> None:
    """Mail that waited for the virus scanner to look at this file need not wait any more (settings.FILE_CHECKED)."""
    send_now(Outgoing.objects.filter(article__attachments__digest=digest))


def refuse_unsendable(event: Event) -> None:
    """What `send_article` would refuse, without a message being made. Raises `Refused`."""
    article = event.article
    if event.kind not in SPOKEN or article is None or article.channel != Channel.EMAIL:
        return
    if article.sender not in (Sender.AGENT, Sender.SYSTEM) or ENTRUSTED in article.marks:
        return
    named = [person.get("address", "") for person in (*article.to, *article.cc, *article.bcc)]
    recipients = named or [event.ticket.customer.email]
    if sender_for(event.ticket.queue) is None or all(is_ours(address) for address in recipients):
        raise Refused(_("This email cannot be sent: there is nobody to send it to, or no address to send it from."))


def take_back(event: Event) -> None:
    """A message that is taken back does not leave. Raises `TooLate`, and nothing has happened, if it has."""
    if event.kind == "article.taken_back" and event.article is not None:
        stop_mail(event.article)


def acknowledge(event: Event) -> None:
    """A customer's message gets an automatic answer where its queue says so; never in answer to automatic mail."""
    article = event.article
    if article is None or article.sender != Sender.CUSTOMER or event.cause_kind == SPLIT:
        return
    # who sends rubbish need not know that somebody takes it in
    if event.ticket.queue.is_junk or any(mark.get("code") == HELD for mark in article.marks):
        return
    answered = _answered(event, article)
    if answered:
        _answer(event, article, answered)


def _answered(event: Event, article: Article) -> str:
    """What there is to answer (`AutomaticText.Event`), or nothing."""
    if event.kind == "article.refused":
        return AutomaticText.Event.REJECTED
    if article.channel not in (Channel.EMAIL, Channel.WEB) or not article.visible_to_customer:
        return ""
    if event.kind == "article.added":
        return AutomaticText.Event.FOLLOW_UP
    if event.kind != "ticket.created":
        return ""
    continues = any(mark.get("code") == CONTINUES for mark in article.marks)
    return AutomaticText.Event.CONTINUED if continues else AutomaticText.Event.NEW


def _answer(event: Event, article: Article, answered: str) -> None:
    ticket, recipient = event.ticket, recipient_of(article)
    if not is_on(answered, ticket.queue):
        return
    take_turns(recipient)
    verdict = forecast(answered, article, is_automatic=_is_automatic(event))
    if verdict.code == "loop":
        _flag_loop(event, article)
    if verdict.code == "unsendable":
        _say_that_none_was_sent(event)
    if not verdict.may:
        return
    note_answer(recipient)
    subject, body = words(answered, ticket, is_invited=_is_invited(article, answered))
    message = Message(text=body, subject=subject, to=[{"name": "", "address": recipient}])
    send_automatic(ticket, message, by=system_actor("mail"), cause=Cause("automatic", event=event))


def _is_invited(article: Article, answered: str) -> bool:
    """Who has never been here gets a link to choose a password, with the receipt of his first request."""
    customer = article.ticket.customer
    opened = answered in (AutomaticText.Event.NEW, AutomaticText.Event.CONTINUED)
    return opened and article.author == customer and not customer.has_usable_password()


def _flag_loop(event: Event, article: Article) -> None:
    """The message and the history say that a loop was stopped; once, until an agent has spoken."""
    ticket = event.ticket
    last_spoken = ticket.articles.filter(sender=Sender.AGENT, visible_to_customer=True).order_by("-pk").first()
    flagged = ticket.events.filter(kind="mail.loop")
    if last_spoken:
        flagged = flagged.filter(at__gt=last_spoken.created_at)
    if flagged.exists():
        return
    article.marks = [*article.marks, {"code": "loop"}]
    article.save(update_fields=["marks"])
    with locked(ticket) as ticket:
        record(ticket, "mail.loop", by=system_actor("mail"), cause=Cause("automatic", event=event), article=article)


def _say_that_none_was_sent(event: Event) -> None:
    with locked(event.ticket) as ticket:
        record(ticket, "mail.unsent", by=system_actor("mail"), cause=Cause("automatic", event=event))


def _is_automatic(event: Event) -> bool:
    """Of a mail its row knows whether a program wrote it."""
    return event.cause_kind == "mail" and is_automatic(int(event.cause_reference))
