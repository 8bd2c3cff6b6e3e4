"""Agents who work by mail: they answer notices, give commands, forward what a customer wrote to them.

Only a proven sender comes here (T25), and every step asks for the right that the same step takes in the desk (T24).
What is refused stands in the trace; the words themselves are never lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import User
from accounts.people import customer_for_address, person_with_address
from core.secrets import derived_key
from core.text import clean_line, normalise_address
from mail.addresses import Address as Person
from mail.addresses import is_address
from mail.addressing import is_ours
from mail.answering import NOT_SENT, REFUSED, for_customer
from mail.commands import Command, read_commands
from mail.disclosing import names_desk
from mail.facts import Facts, Trace
from mail.filing import finish_filing, fitting
from mail.filters import unwraps_forwards
from mail.forwards import Forwarded, is_forward, read_attached, read_forward, without_prefix
from mail.marks import MANY, OwnMessage, find_tags, own_messages
from mail.models import Incoming
from mail.orders import NO_RIGHT, mark_refused, may, obey_commands
from mail.own_words import Unsure, own_words
from mail.parse import Message as Mail
from mail.spoken import files_of, message_of, plain
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.replying import add_note, reply
from tickets.events import Cause, Refused
from tickets.messages import Message
from tickets.models import Article, Queue, Ticket
from tickets.models.ticket import Channel
from tickets.options import queues_to_open_in

MAX_IDS = 10
# These say what the words become, and are no change of the ticket.
_ABOUT_WORDS = ("note", "reply", "forward")


@dataclass(frozen=True)
class AgentMail:
    """A mail whose sender is proven to be this agent; `text` is without the commands at its top."""

    incoming: Incoming
    mail: Mail
    agent: User
    commands: Sequence[Command]
    text: str
    marks: Sequence[dict[str, Any]] = ()

    @classmethod
    def read(cls, incoming: Incoming, mail: Mail, agent: User, marks: Sequence[dict[str, Any]]) -> "AgentMail":
        commands, text = read_commands(mail.text)
        return cls(incoming, mail, agent, commands, text, marks)

    @property
    def cause(self) -> Cause:
        return Cause("mail", str(self.incoming.pk))

    @property
    def orders(self) -> Sequence[Command]:
        return [command for command in self.commands if command.name not in _ABOUT_WORDS]

    @property
    def said(self) -> str:
        """The commands, as they are understood: of a mail with nothing else they are the words."""
        return "\n".join(str(command) for command in self.commands)

    def argument(self, name: str) -> str | None:
        """What stands behind this command; None when it is not given."""
        return next((command.argument for command in self.commands if command.name == name), None)


def has_orders(mail: Mail) -> bool:
    return bool(read_commands(mail.text)[0])


def ticket_answered(mail: Mail, agent: User) -> Ticket | None:
    """The ticket that an agent's mail is about; None where he writes on his own behalf, as its customer.

    Only our own Message-IDs and the subject's tag count: a notice bears both. A merged ticket leads to its survivor.
    """
    numbers = [token.number for token in _tokens(mail)] + find_tags(mail.subject)
    for number in dict.fromkeys(numbers):
        ticket = Ticket.objects.filter(number=number).first()
        if ticket is not None:
            ticket = Ticket.objects.survivor_of(ticket) or ticket
            return None if ticket.customer_id == agent.pk else ticket
    return None


def _tokens(mail: Mail) -> list[OwnMessage]:
    ids = [mail.in_reply_to, *reversed(mail.references)][:MAX_IDS]
    return list(own_messages(derived_key("message ids"), ids))


def answers_notice(mail: Mail, agent: User) -> bool:
    """Whether a mail of a machine in his name, such as an absence notice, answers what we told him as an agent."""
    tokens = _tokens(mail)
    return ticket_answered(mail, agent) is not None or any(token.number == MANY for token in tokens)


def may_speak_on(ticket: Ticket, agent: User) -> bool:
    return may(ticket, agent, "note")


def answer(ticket: Ticket, letter: AgentMail) -> tuple[Article, Trace]:
    """What an agent writes becomes a note, with `#reply` an answer to the customer; then the commands are done."""
    wants_reply = letter.argument("reply") is not None and letter.argument("note") is None
    article, steps = _reply(ticket, letter) if wants_reply else (_note(ticket, letter), [])
    result = "answered" if article.visible_to_customer else "noted"
    steps = [*steps, {"step": "agent", "found": ticket.number, "result": result}]
    orders = obey_commands(ticket, letter.orders, letter.agent, cause=letter.cause)
    mark_refused(article, orders)
    return article, [*steps, *orders]


def _reply(ticket: Ticket, letter: AgentMail) -> tuple[Article, Trace]:
    """To the customer where that is allowed and beyond doubt, else a note that says why (T38)."""
    if not may(ticket, letter.agent, "write"):
        return _note(ticket, letter, "right"), [{"step": "command", "found": "#reply", "result": NO_RIGHT}]
    try:
        message = for_customer(ticket, letter.text, letter.mail, marks=letter.marks, by=letter.agent)
        return reply(ticket, message, by=letter.agent, cause=letter.cause), []
    except Unsure as doubt:
        code = doubt.code
    except Refused:
        code = REFUSED
    return _note(ticket, letter, code), [{"step": "reply", "found": ticket.number, "result": code}]


def _note(ticket: Ticket, letter: AgentMail, not_sent: str = "") -> Article:
    """As he wrote it; with the reason why it is no answer to the customer, where it was meant to be one."""
    message = message_of(letter.mail, letter.incoming, marks=letter.marks, queue=ticket.queue)
    if letter.commands:
        # The HTML would still show the commands.
        message = replace(message, text=letter.text if letter.text.strip() else letter.said, html="")
    if not_sent:
        message = replace(message, marks=[*message.marks, {"code": NOT_SENT, "why": not_sent}])
    return add_note(ticket, message, by=letter.agent, cause=letter.cause)


# Forwarding.


def forwarded(letter: AgentMail, queue: Queue) -> Forwarded | None:
    """What an agent passes on for somebody else: by a command, or because the queue takes every forward so."""
    named = letter.argument("customer")
    by_command = named is not None or letter.argument("forward") is not None
    if not by_command and not (is_forward(letter.mail.subject) and unwraps_forwards(queue)):
        return None
    if queue not in queues_to_open_in(letter.agent):
        return None
    found = read_forward(letter.text) or read_attached(letter.mail)
    if named:
        address = normalise_address(named.strip("<> "))
        if found is None:
            found = Forwarded("", address)
        elif normalise_address(found.address) != address:
            found = replace(found, name="", address=address)
    return found if found and _is_somebody(found.address) else None


def open_forwarded(found: Forwarded, letter: AgentMail, queue: Queue, *, facts: Facts) -> tuple[Article, Trace]:
    """A ticket of whoever wrote it at first; what the agent wrote above it becomes a note."""
    customer = customer_for_address(found.address, name=found.name)
    subject = found.subject or without_prefix(letter.mail.subject)
    custom_fields = fitting(facts, queue)
    opening = Opening(
        title=clean_line(facts.title or subject, 300),
        queue=queue,
        customer=customer,
        channel=Channel.EMAIL,
        priority=facts.priority,
        type=facts.type,
        owner=facts.owner,
        tags=tuple(facts.tags),
        custom_fields=custom_fields,
    )
    # What he wrote above it is not the customer's to read.
    is_theirs = bool(found.text or found.above)
    text = found.text if is_theirs else letter.text
    message = Message(
        text=text,
        subject=subject,
        files=files_of(letter.mail),
        sent_from=plain(Person(found.name, found.address)),
        to=[plain(one) for one in letter.mail.to],
        message_id=letter.mail.message_id,
        marks=[{"code": "forwarded", "by": letter.agent.name}],
    )
    visible = not names_desk(text) and (is_theirs or _is_own(text))
    article = open_ticket(opening, message, visible=visible, author=customer, by=letter.agent, cause=letter.cause)
    if found.above:
        add_note(article.ticket, Message(text=found.above), by=letter.agent, cause=letter.cause)
    finish_filing(article.ticket, facts, cause=letter.cause)
    orders = [command for command in letter.orders if command.name != "customer"]
    steps = [{"step": "agent", "found": found.address, "result": "forwarded"}, *facts.trace]
    obeyed = obey_commands(article.ticket, orders, letter.agent, cause=letter.cause)
    mark_refused(article, obeyed)
    return article, [*steps, *obeyed]


def _is_own(text: str) -> bool:
    """Whether the agent wrote all of it for this customer, and quotes nothing."""
    try:
        return bool(own_words(text))
    except Unsure:
        return False


def _is_somebody(address: str) -> bool:
    known = person_with_address(address)
    return is_address(address) and not is_ours(address) and (known is None or known.is_active)
