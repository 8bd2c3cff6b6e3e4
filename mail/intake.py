"""From bytes to a ticket. First `accept` makes a message durable; only then may a server be told that we have it.

`process` is a step of its own, by row: parse in a limited child process, then one transaction writes everything.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.people import customer_for_address, person_with_address
from core.blobs import load, store
from core.secrets import derived_key
from core.text import clean_line, normalise_address
from core.work import run_inside, wake
from mail import parse
from mail.addresses import is_address
from mail.addressing import address_for
from mail.marks import check_message_id, find_tags
from mail.matching import Pointer, Verdict, decide
from mail.models import Account, Address, Incoming
from mail.sandbox import ChildCrashed, ChildFailed, LimitExceeded, parse_limited
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.replying import receive
from tickets.events import Cause
from tickets.messages import File, Message
from tickets.models import Article, Queue, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel

MAX_POINTERS = 50
MAX_PARSES = 2
# Lines that every hop adds: they differ when the same message is handed over twice.
_TRACE_FIELD = re.compile(
    rb"(?im)^(?:received|return-path|delivered-to|x-original-to|x-received|arc-[\w-]+|authentication-results|"
    rb"received-spf|x-spam-[\w-]+|x-virus-[\w-]+|status|x-status|x-uid|x-mozilla-[\w-]+):.*(?:\n[ \t].*)*\n"
)
# The line that mailbox files and some pipes put in front of a message.
_MBOX_LINE = re.compile(rb"\A>?From [^\n]*\n")


@dataclass(frozen=True)
class Envelope:
    """How a message reached us, apart from its own words."""

    source: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    account: Account | None = None
    uidvalidity: int | None = None
    uid: int | None = None


class Unusable(Exception):
    """The message cannot become a ticket by itself; it waits in quarantine with this reason."""


def accept(raw: bytes, envelope: Envelope) -> Incoming:
    """Make a message durable and have a worker look at it. When this returns, it can no longer be lost."""
    incoming = keep(raw, envelope)
    wake(incoming)
    return incoming


def keep(raw: bytes, envelope: Envelope) -> Incoming:
    """The bytes on disk, then the row; for a caller that looks at the message itself."""
    return Incoming.objects.create(
        source=envelope.source,
        account=envelope.account,
        uidvalidity=envelope.uidvalidity,
        uid=envelope.uid,
        digest=store(raw),
        size=len(raw),
        identity=identity(raw, envelope),
        envelope_from=envelope.sender[:320],
        envelope_to=[recipient[:320] for recipient in envelope.recipients],
    )


def identity(raw: bytes, envelope: Envelope) -> str:
    """Mailbox and content, without the lines that hops add and whichever way lines end."""
    head, _separator, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    head = _TRACE_FIELD.sub(b"", _MBOX_LINE.sub(b"", head) + b"\n")
    return hashlib.sha256(b"\0".join([_mailbox(envelope).encode(), head, body])).hexdigest()


def _mailbox(envelope: Envelope) -> str:
    """What counts as one mailbox: an account, else the queue that a recipient means, else the recipients."""
    if envelope.account:
        return f"account {envelope.account.pk}"
    if address := address_for(envelope.recipients):
        return f"queue {address.queue_id}"
    return ",".join(sorted(envelope.recipients)).lower()


def process(pk: int) -> None:
    """Turn a received message into what it should be. A second run, at the same time or later, changes nothing."""
    incoming = Incoming.objects.due().filter(pk=pk).first()
    if incoming is None:
        return
    if not incoming.digest:  # only its row is here (mail/fetch.py), and somebody wants it tried again
        _quarantine(pk, "not fetched yet; the next visit tries again")
        return
    try:
        mail = parse_limited(load(incoming.digest))
    except parse.TooComplex as error:
        _quarantine(pk, f"too complex: {error}")
    except (LimitExceeded, ChildCrashed, ChildFailed) as error:
        # A busy machine gets a second chance; after that it is the message.
        if incoming.attempts < MAX_PARSES - 1:
            run_inside(Incoming, pk, _raising(error))
        else:
            _quarantine(pk, f"cannot be read: {error}")
    except Exception as error:
        run_inside(Incoming, pk, _raising(error))
    else:
        run_inside(Incoming, pk, lambda row: _decide_and_write(row, mail))


def _quarantine(pk: int, reason: str) -> None:
    def set_aside(incoming: Incoming) -> None:
        incoming.state, incoming.reason = Incoming.State.QUARANTINED, reason[:200]
        incoming.save(update_fields=["state", "reason"])

    run_inside(Incoming, pk, set_aside)


def _raising(error: Exception) -> Callable[[Incoming], None]:
    def fail(_incoming: Incoming) -> None:
        raise error

    return fail


def _decide_and_write(incoming: Incoming, mail: parse.Message) -> None:
    incoming.message_id = mail.message_id[:250]
    incoming.subject = clean_line(mail.subject, 300)
    incoming.is_automatic = mail.is_automatic or mail.is_bounce or _has_null_sender(incoming)
    incoming.sender = _sender(incoming, mail)
    incoming.save()  # handlers of events read it, to see what they answer
    try:
        if reason := _reason_to_ignore(incoming, mail):
            incoming.state, incoming.reason = Incoming.State.IGNORED, reason
        else:
            _write(incoming, mail)
    except Unusable as unusable:
        incoming.state, incoming.reason = Incoming.State.QUARANTINED, str(unusable)
    incoming.save()


def _sender(incoming: Incoming, mail: parse.Message) -> str:
    address = mail.from_.address if mail.from_ else incoming.envelope_from
    return normalise_address(address)[:320] if "@" in address else ""


def _has_null_sender(incoming: Incoming) -> bool:
    """Known only where there was an envelope; nothing may answer such mail (RFC 5321, 4.5.5)."""
    return incoming.source in (Incoming.Source.SMTP, Incoming.Source.LMTP) and not incoming.envelope_from


def _reason_to_ignore(incoming: Incoming, mail: parse.Message) -> str:
    _hold_identity(incoming.identity)
    earlier = Q(pk__lt=incoming.pk, state=Incoming.State.RECEIVED) | Q(state=Incoming.State.TICKETED)
    same = Incoming.objects.filter(earlier, identity=incoming.identity).exclude(pk=incoming.pk)
    if first := same.order_by("pk").first():
        return f"the same message as no. {first.pk}"
    if check_message_id(derived_key("message ids"), mail.message_id):
        return "our own message came back"
    return ""


def _hold_identity(identity: str) -> None:
    """Two copies that arrive at once are dealt with one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(identity[:15], 16)])


def _write(incoming: Incoming, mail: parse.Message) -> None:
    if not incoming.sender:
        raise Unusable("The message names no sender.")
    if not is_address(incoming.sender):
        raise Unusable("The sender's address cannot be answered.")
    known = person_with_address(incoming.sender)
    if known and not known.is_active:
        raise Unusable("The sender has been deactivated.")
    verdict = _match(incoming, mail)
    incoming.trace = [*incoming.trace, *verdict.trace]
    cause = Cause("mail", str(incoming.pk))
    if verdict.number:
        article = _follow_up(incoming, mail, verdict, known, cause)
    else:
        article = _new_ticket(incoming, mail, verdict, cause)
    incoming.article, incoming.state = article, Incoming.State.TICKETED


def _match(incoming: Incoming, mail: parse.Message) -> Verdict:
    pointers = list(_pointers(mail))
    tickets = Ticket.objects.filter(number__in={p.number for p in pointers}).select_related("customer")
    participants = {ticket.number: participants_of(ticket) for ticket in tickets}
    # A From that can be read in two ways proves nothing (T26): its sender takes part in nothing.
    return decide(pointers, "" if mail.from_ambiguous else incoming.sender, participants)


def _pointers(mail: parse.Message) -> Iterable[Pointer]:
    """What in the message names a ticket, strongest first: our own Message-IDs, known ones, the subject's tag."""
    ids = list(dict.fromkeys([mail.in_reply_to, *reversed(mail.references)]))[:MAX_POINTERS]
    for message_id in filter(None, ids):
        if token := check_message_id(derived_key("message ids"), message_id):
            yield Pointer("token", token.number)
    known = Article.objects.filter(message_id__in=[i for i in ids if i], visible_to_customer=True)
    for number in known.values_list("ticket__number", flat=True).distinct():
        yield Pointer("reference", number)
    for number in find_tags(mail.subject)[:MAX_POINTERS]:
        yield Pointer("tag", number)


def participants_of(ticket: Ticket) -> frozenset[str]:
    """Addresses that take part: the customer's, and those that an agent has written to on this ticket."""
    addresses = set(ticket.customer.addresses.values_list("address", flat=True))
    written = ticket.articles.filter(sender=Sender.AGENT, visible_to_customer=True)
    for to, cc in written.values_list("to", "cc"):
        addresses.update(normalise_address(person["address"]) for person in [*to, *cc])
    return frozenset(addresses)


def _follow_up(incoming: Incoming, mail: parse.Message, verdict: Verdict, known: User | None, cause: Cause) -> Article:
    ticket = Ticket.objects.get(number=verdict.number)
    author = known or customer_for_address(incoming.sender, name=mail.from_.name if mail.from_ else "")
    message = _message(mail, incoming, marks=verdict.marks)
    article = receive(ticket, message, channel=Channel.EMAIL, by=author, cause=cause)
    kinds = set(article.events.values_list("kind", flat=True))
    if "ticket.created" in kinds:
        incoming.outcome = Incoming.Outcome.NEW
    else:
        incoming.outcome = Incoming.Outcome.REJECTED if "article.refused" in kinds else Incoming.Outcome.FOLLOW_UP
    return article


def _new_ticket(incoming: Incoming, mail: parse.Message, verdict: Verdict, cause: Cause) -> Article:
    queue = _queue(incoming, mail)
    customer = customer_for_address(incoming.sender, name=mail.from_.name if mail.from_ else "")
    with override(customer.language or queue.language or "en"):
        title = clean_line(mail.subject, 300) or _("(no subject)")
    opening = Opening(title=title, queue=queue, customer=customer, channel=Channel.EMAIL)
    incoming.outcome = Incoming.Outcome.NEW
    return open_ticket(opening, _message(mail, incoming, marks=verdict.marks), by=customer, cause=cause)


def _queue(incoming: Incoming, mail: parse.Message) -> Queue:
    """The account's own queue, else that of the recipient in the envelope, else in the headers, else the first."""
    if incoming.account and incoming.account.queue:
        return incoming.account.queue
    in_headers = [*mail.delivered_to, *(a.address for a in mail.to), *(a.address for a in mail.cc)]
    address = address_for(incoming.envelope_to) or address_for(in_headers)
    if address is None:
        incoming.trace = [{"step": "queue", "found": "", "result": "no recipient of ours, so the first address"}]
        address = Address.objects.filter(is_active=True).select_related("queue").order_by("pk").first()
    if address is None:
        raise Unusable("No address is set up, so no queue can be found.")
    return address.queue


def _message(mail: parse.Message, incoming: Incoming, *, marks) -> Message:
    repaired = [{"code": "repaired", "note": note} for note in mail.notes[:5]]
    return Message(
        text=mail.text,
        html=mail.html,
        subject=mail.subject,
        files=[File(a.name, a.content_type, a.content, a.inline, a.content_id) for a in mail.attachments],
        sent_from=_plain(mail.from_) if mail.from_ else {"name": "", "address": incoming.sender},
        to=[_plain(a) for a in mail.to],
        cc=[_plain(a) for a in mail.cc],
        reply_to=[_plain(a) for a in mail.reply_to],
        message_id=mail.message_id,
        marks=[*marks, *repaired],
    )


def _plain(address: parse.Address) -> dict[str, str]:
    return {"name": clean_line(address.name, 150), "address": address.address}
