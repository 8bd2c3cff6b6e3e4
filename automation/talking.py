"""What automation says on a ticket: notes, and answers to the customer within the limits of automatic mail."""

from django.conf import settings
from django.utils.translation import override

from accounts.models import User
from automation.effects import Context, Values
from core.liquid import TemplateError, render
from mail.current import is_automatic
from mail.loops import note_answer, take_turns, would_send
from mail.rules import lists, rules
from tickets.actions import replying
from tickets.messages import Message
from tickets.models import Article, Event, Ticket
from tickets.models.article import Sender
from tickets.steps import Refused
from tickets.wordings import values as known_values

LONGEST = 50_000


def filled(text: str, ticket: Ticket, context: Context) -> str:
    """The text with its placeholders filled, in the ticket's language. Raises `Refused`."""
    known = known_values(ticket, _speaker(ticket, context))
    try:
        with override(ticket.language):
            return render(text, known)[:LONGEST]
    except TemplateError as error:
        raise Refused("text") from error


def note(ticket: Ticket, values: Values, context: Context) -> Event | None:
    message = Message(text=filled(values["text"], ticket, context))
    return _event_of(replying.add_note(ticket, message, by=context.by, cause=context.cause))


def reply(ticket: Ticket, values: Values, context: Context) -> Event | None:
    """A person's answer is an answer; what the system says by itself changes no state and stops no clock."""
    message = Message(text=filled(values["text"], ticket, context))
    if not context.by.is_system:
        return _event_of(replying.reply(ticket, message, by=context.by, cause=context.cause))
    address = ticket.customer.email
    _refuse_unanswerable(ticket, address, context)
    note_answer(address)
    return _event_of(replying.send_automatic(ticket, message, by=context.by, cause=context.cause))


def _refuse_unanswerable(ticket: Ticket, address: str, context: Context) -> None:
    """No graph of automatic answers may grow by way of rules, either (mail/loops.py)."""
    take_turns(address)
    if lists(rules().never_send_to, address):
        raise Refused("unanswerable")
    verdict = would_send(address, is_automatic=_answers_a_program(context.event), ticket=ticket)
    if not verdict.may:
        raise Refused("loop" if verdict.code in ("loop", "day") else "unanswerable")


def _answers_a_program(event: Event | None) -> bool:
    """Whether what set this off was a message that no person has written."""
    if event is None or event.cause_kind != "mail" or event.article is None:
        return False
    if event.article.sender != Sender.CUSTOMER or not event.cause_reference.isdecimal():
        return False
    return is_automatic(int(event.cause_reference))


def _speaker(ticket: Ticket, context: Context) -> User:
    """Whom "agent" stands for: who acts, else who works the ticket, else the house."""
    if not context.by.is_system:
        return context.by
    return ticket.owner or User(name=settings.SITE_NAME)


def _event_of(article: Article) -> Event | None:
    return article.events.order_by("id").first()
