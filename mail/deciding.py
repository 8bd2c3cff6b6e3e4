"""What becomes of a message that has been read: who speaks, to which ticket, into which queue. All in one transaction.

The hard questions are pure or asked elsewhere: mail/authentication.py (is the sender proven?), mail/facts.py (what do
filters say?), mail/matching.py (which ticket?), mail/agents.py (may this agent act by mail?).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.people import customer_for_address, new_customer, person_with_address
from core.text import clean_line, normalise_address
from mail import agents, parse
from mail.addresses import Address as Person
from mail.addresses import is_address
from mail.addressing import address_for, is_ours
from mail.answered import taken_by_asker
from mail.answering import MAY_DISCLOSE, may_disclose
from mail.authentication import Authentication
from mail.facts import Facts, facts_of
from mail.filing import file_on_ticket, finish_filing, fitting, wished
from mail.matching import Verdict
from mail.models import Address, Incoming
from mail.orders import mark_refused, obey_commands
from mail.sharing import link_shares
from mail.spoken import message_of, plain
from mail.storms import keep_in, storm_of_sender, storm_on_ticket
from mail.threads import match
from mail.trust import authenticate_incoming, obeys_headers, proof_marks, proof_stored
from mail.wishes import obey, wishes_of
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.replying import hold, receive, receive_automatic, receive_for
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Article, Queue, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.options import junk_queue


class Unusable(Exception):
    """The message cannot become a ticket by itself; it waits in quarantine with this reason."""

    def __init__(self, reason: Incoming.Reason, more: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.more = more


@dataclass
class Case:
    """A message while it is decided about."""

    incoming: Incoming
    mail: parse.Message
    person: Person  # who speaks
    known: User | None
    proof: Authentication
    facts: Facts
    by_machine: bool
    queue: Queue | None = None  # once it is known

    @property
    def cause(self) -> Cause:
        return Cause("mail", str(self.incoming.pk))

    def author(self) -> User:
        return self.known or new_customer(self.person.address, name=self.person.name)

    def message(self, marks: Sequence[dict[str, Any]], *, queue: Queue) -> Message:
        message = message_of(self.mail, self.incoming, marks=marks, queue=queue)
        return replace(message, sent_from=plain(self.person))


def place(incoming: Incoming, mail: parse.Message, *, by_machine: bool) -> None:
    """Put the message onto a ticket, or ignore it; the row says what became of it. Raises `Unusable`."""
    case = _case(incoming, mail, by_machine=by_machine)
    if case.facts.ignored:
        incoming.set_aside(Incoming.State.IGNORED, case.facts.ignored, case.facts.why)
        return
    if case.known and not case.known.is_active:
        raise Unusable(Incoming.Reason.DEACTIVATED)
    if case.known and case.known.is_agent and by_machine and agents.answers_notice(mail, case.known):
        _trace(incoming, {"step": "agent", "found": case.known.email, "result": "automatic"})
        incoming.set_aside(Incoming.State.IGNORED, Incoming.Reason.REPORT)
        return
    asker = taken_by_asker(incoming, mail, sender=case.known, proof=case.proof, by_machine=by_machine)
    if asker is not None:
        incoming.set_aside(Incoming.State.IGNORED, Incoming.Reason.ANSWERED, asker)
        return
    if storm := storm_of_sender(incoming, known=case.known):
        keep_in(storm, incoming, queue=_queue(case))
        return
    article = _as_agent(case)
    if article is None and incoming.state == Incoming.State.RECEIVED:
        article = _as_customer(case)
    if article is not None:
        incoming.article = article
        incoming.enter(Incoming.State.TICKETED, outcome=str(incoming.outcome))


def _case(incoming: Incoming, mail: parse.Message, *, by_machine: bool) -> Case:
    person = _who_speaks(incoming, mail)
    proof = authenticate_incoming(incoming, mail)
    incoming.authentication = proof_stored(proof)
    if proof.is_checked:
        _trace(incoming, {"step": "proof", "found": proof.by or proof.server, "result": proof.verdict})
    facts = facts_of(incoming, mail, proof)
    if obeys_headers(incoming) and not facts.ignored:
        obey(wishes_of(mail, follow_up=False), facts, follow_up=False)
    _trace(incoming, *facts.trace)
    facts.trace = []
    return Case(incoming, mail, person, person_with_address(person.address), proof, facts, by_machine)


def _who_speaks(incoming: Incoming, mail: parse.Message) -> Person:
    """The sender in From (T27). Behind an address of our own, as a form on a web site may use it, it is Reply-To."""
    if not incoming.sender:
        raise Unusable(Incoming.Reason.NO_SENDER)
    if not is_address(incoming.sender):
        raise Unusable(Incoming.Reason.BAD_SENDER)
    if not is_ours(incoming.sender):
        return Person(mail.from_.name if mail.from_ else "", mail.from_.address if mail.from_ else incoming.sender)
    others = [one for one in mail.reply_to if is_address(one.address) and not is_ours(one.address)]
    if len(others) != 1:
        raise Unusable(Incoming.Reason.OWN_SENDER)
    _trace(incoming, {"step": "sender", "found": incoming.sender, "result": "ours, so Reply-To"})
    incoming.sender = normalise_address(others[0].address)[:320]
    return others[0]


# An agent.


def _as_agent(case: Case) -> Article | None:
    """An agent answers a notice, or forwards a customer's mail. None: it is a mail like everybody's (T24, T25)."""
    agent = case.known
    if agent is None or not agent.is_agent or case.by_machine or case.mail.from_ambiguous:
        return None
    if not case.proof.passed:
        if agents.has_orders(case.mail):
            _trace(case.incoming, {"step": "agent", "found": agent.email, "result": "not proven"})
        return None
    letter = agents.AgentMail.read(case.incoming, case.mail, agent, proof_marks(case.proof))
    ticket = agents.ticket_answered(case.mail, agent)
    if ticket is not None:
        if not agents.may_speak_on(ticket, agent):
            _refuse_unless_customer(case, ticket)
            return None
        article, steps = agents.answer(ticket, letter)
        case.incoming.outcome = Incoming.Outcome.FOLLOW_UP
    else:
        queue = _queue(case)
        found = agents.forwarded(letter, queue)
        if found is None:
            return _with_orders(case, letter)
        article, steps = agents.open_forwarded(found, letter, queue, facts=case.facts)
        case.incoming.outcome = Incoming.Outcome.NEW
    _trace(case.incoming, *steps)
    return article


def _with_orders(case: Case, letter: agents.AgentMail) -> Article | None:
    """An agent's own request, as everybody's; commands at its top are done on the new ticket."""
    if not letter.orders:
        return None
    case.mail = replace(case.mail, text=letter.text, html="")
    article = _as_customer(case)
    if article is not None:
        steps = obey_commands(article.ticket, letter.orders, letter.agent, cause=case.cause)
        mark_refused(article, steps)
        _trace(case.incoming, *steps)
    return article


def _refuse_unless_customer(case: Case, ticket: Ticket) -> None:
    """An agent who takes part like a customer may go on as one; every other one is told to somebody (T24)."""
    verdict = match(case.mail, sender=case.incoming.sender, proof=case.proof.verdict)
    if not verdict.number:
        _trace(case.incoming, {"step": "agent", "found": ticket.number, "result": "no right"})
        raise Unusable(Incoming.Reason.NOT_ALLOWED, ticket.number)


# Everybody else.


def _as_customer(case: Case) -> Article | None:
    """None when it is part of a storm that is kept in."""
    verdict = match(
        case.mail,
        # who speaks behind an address of ours has proven nothing
        sender=case.incoming.sender if case.mail.from_ and not is_ours(case.mail.from_.address) else "",
        proof=case.proof.verdict if case.proof.is_checked else "",
        external=case.facts.external,
    )
    _trace(case.incoming, *verdict.trace)
    case.incoming.note("matched", by=verdict.trace[-1]["step"] if verdict.number and verdict.trace else "")
    if not verdict.number:
        return _new_ticket(case, verdict)
    ticket = Ticket.objects.get(number=verdict.number)
    if storm := storm_on_ticket(case.incoming, verdict.number):
        keep_in(storm, case.incoming, queue=ticket.queue)
        return None
    return _follow_up(case, ticket, verdict)


def _follow_up(case: Case, ticket: Ticket, verdict: Verdict) -> Article:
    machine = [{"code": "automatic"}] if case.by_machine else []
    wishes = wishes_of(case.mail, follow_up=True) if obeys_headers(case.incoming) and not verdict.is_held else {}
    facts = wished(wishes)
    marks = [*verdict.marks, *machine, *proof_marks(case.proof), *facts.marks]
    message = case.message(marks, queue=ticket.queue)
    is_held = verdict.is_held
    if not is_held and case.known and case.known.is_agent and may_disclose(ticket, case.mail, case.known):
        is_held, message = True, replace(message, marks=[*message.marks, MAY_DISCLOSE])
        _trace(case.incoming, {"step": "agent", "found": ticket.number, "result": "may disclose"})
    article = _said(case, ticket, message, facts, is_held=is_held)
    kinds = set(article.events.values_list("kind", flat=True))
    if "ticket.created" in kinds:
        case.incoming.outcome = Incoming.Outcome.NEW
    else:
        refused = "article.refused" in kinds
        case.incoming.outcome = Incoming.Outcome.REJECTED if refused else Incoming.Outcome.FOLLOW_UP
    if wishes:
        _trace(case.incoming, *file_on_ticket(article.ticket, facts, cause=case.cause))
    return article


def _said(case: Case, ticket: Ticket, message: Message, facts: Facts, *, is_held: bool) -> Article:
    """By the verb that fits who speaks, and to whom."""
    by, cause = case.author(), case.cause
    if is_held:
        return hold(ticket, message, by=by, cause=cause)
    sender, visible = facts.sender or Sender.CUSTOMER, facts.visible is not False
    if sender != Sender.CUSTOMER or not visible:
        return receive_for(ticket, message, sender=sender, visible=visible, by=by, cause=cause)
    verb = receive_automatic if case.by_machine or facts.keeps_state else receive
    return verb(ticket, message, channel=Channel.EMAIL, by=by, cause=cause)


def _new_ticket(case: Case, verdict: Verdict) -> Article:
    queue, facts, author = _queue(case), case.facts, case.author()
    customer = customer_for_address(facts.customer) if facts.customer else author
    with override(customer.language or queue.language or "en"):
        title = clean_line(facts.title or case.mail.subject, 300) or _("(no subject)")
    fields = fitting(facts, queue)
    opening = Opening(
        title=title,
        queue=queue,
        customer=customer,
        organisation=facts.organisation,
        channel=Channel.EMAIL,
        priority=facts.priority,
        type=facts.type,
        service=facts.service,
        owner=facts.owner,
        tags=tuple(facts.tags),
        custom_fields=fields,
    )
    case.incoming.outcome = Incoming.Outcome.NEW
    marks = [*verdict.marks, *proof_marks(case.proof), *facts.marks]
    message = case.message(marks, queue=queue)
    sender, visible = facts.sender or Sender.CUSTOMER, facts.visible is not False
    article = open_ticket(opening, message, sender=sender, visible=visible, by=author, cause=case.cause)
    finish_filing(article.ticket, facts, cause=case.cause)
    link_shares(case.incoming, case.mail, article, cause=case.cause)
    _trace(case.incoming, *facts.trace)
    return article


def _queue(case: Case) -> Queue:
    case.queue = case.queue or _find_queue(case)
    return case.queue


def _find_queue(case: Case) -> Queue:
    """What filters say, else the account's own, else that of the recipient in the envelope, in the headers, the first.

    Unwanted mail goes into its own queue, where there is one.
    """
    junk = junk_queue() if case.facts.junk else None
    if junk or case.facts.queue:
        return junk or case.facts.queue  # type: ignore[return-value]
    incoming, mail = case.incoming, case.mail
    if incoming.account and incoming.account.queue:
        return incoming.account.queue
    in_headers = [*mail.delivered_to, *(a.address for a in mail.to), *(a.address for a in mail.cc)]
    address = address_for(incoming.envelope_to) or address_for(in_headers)
    if address is None:
        _trace(incoming, {"step": "queue", "found": "", "result": "no recipient of ours, so the first address"})
        address = Address.objects.filter(is_active=True).select_related("queue").order_by("pk").first()
    if address is None:
        raise Unusable(Incoming.Reason.NO_QUEUE)
    return address.queue


def _trace(incoming: Incoming, *steps: dict[str, str]) -> None:
    incoming.trace = [*incoming.trace, *steps]
