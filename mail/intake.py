"""From bytes to a ticket. First `accept` makes a message durable; only then may a server be told that we have it.

`process` is a step of its own, by row: parse in a limited child process, then one transaction writes everything.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.people import new_customer, person_with_address
from core.blobs import load, store
from core.database import hold
from core.secrets import derived_key
from core.text import clean_line, normalise_address
from core.work import run_inside, wake
from mail import parse
from mail.addresses import is_address
from mail.addressing import address_for
from mail.bounces import note_report
from mail.marks import check_message_id
from mail.matching import Verdict
from mail.models import Account, Address, Incoming
from mail.nursery import parse_apart
from mail.sandbox import ChildCrashed, ChildFailed, LimitExceeded
from mail.threads import match
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.replying import receive, receive_automatic
from tickets.events import Cause
from tickets.messages import File, Message
from tickets.models import Article, Queue, Ticket
from tickets.models.ticket import Channel

MAX_PARSES = 2
# What a row says of its message, and what has been decided about it.
READ = ("message_id", "subject", "is_automatic", "sender")
DECIDED = ("state", "outcome", "reason_code", "reason", "trace", "article")
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
    place: str = ""
    uidvalidity: int | None = None
    uid: int | None = None


class Unusable(Exception):
    """The message cannot become a ticket by itself; it waits in quarantine with this reason."""

    def __init__(self, reason: Incoming.Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


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
        place=envelope.place,
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
        _quarantine(pk, Incoming.Reason.NOT_FETCHED)
        return
    try:
        mail = parse_apart(load(incoming.digest))
    except parse.TooComplex as error:
        _quarantine(pk, Incoming.Reason.TOO_COMPLEX, str(error))
    except (LimitExceeded, ChildCrashed, ChildFailed) as error:
        # A busy machine gets a second chance; after that it is the message.
        if incoming.attempts < MAX_PARSES - 1:
            run_inside(Incoming, pk, _raising(error))
        else:
            _quarantine(pk, Incoming.Reason.UNREADABLE, str(error))
    except Exception as error:
        run_inside(Incoming, pk, _raising(error))
    else:
        run_inside(Incoming, pk, lambda row: _decide_and_write(row, mail))


def _quarantine(pk: int, reason: Incoming.Reason, more: str = "") -> None:
    def set_aside(incoming: Incoming) -> Sequence[str]:
        incoming.set_aside(Incoming.State.QUARANTINED, reason, more)
        return DECIDED

    run_inside(Incoming, pk, set_aside)


def _raising(error: Exception) -> Callable[[Incoming], None]:
    def fail(_incoming: Incoming) -> None:
        raise error

    return fail


def _decide_and_write(incoming: Incoming, mail: parse.Message) -> Sequence[str]:
    incoming.message_id = mail.message_id[:250]
    incoming.subject = clean_line(mail.subject, 300)
    incoming.is_automatic = mail.is_automatic or mail.is_bounce or _has_null_sender(incoming)
    incoming.sender = _sender(incoming, mail)
    incoming.save(update_fields=READ)  # handlers of events look at it, to see what they answer
    try:
        if not _needs_no_ticket(incoming, mail):
            _write(incoming, mail)
    except Unusable as unusable:
        incoming.set_aside(Incoming.State.QUARANTINED, unusable.reason)
    return DECIDED


def _sender(incoming: Incoming, mail: parse.Message) -> str:
    address = mail.from_.address if mail.from_ else incoming.envelope_from
    return normalise_address(address)[:320] if "@" in address else ""


def _by_machine(incoming: Incoming, mail: parse.Message) -> bool:
    """No person wrote it. Somebody who sends on a report that he got has something to say about it."""
    return mail.by_machine or _has_null_sender(incoming)


def _has_null_sender(incoming: Incoming) -> bool:
    """Known only where there was an envelope; nothing may answer such mail (RFC 5321, 4.5.5)."""
    return incoming.source in (Incoming.Source.SMTP, Incoming.Source.LMTP) and not incoming.envelope_from


def _needs_no_ticket(incoming: Incoming, mail: parse.Message) -> bool:
    """A copy, a message of our own that came back, a report about one: the row says which."""
    ignored, reasons = Incoming.State.IGNORED, Incoming.Reason
    if first := _earlier_copy(incoming):
        incoming.set_aside(ignored, reasons.COPY, str(first.pk))
    elif check_message_id(derived_key("message ids"), mail.message_id):
        incoming.set_aside(ignored, reasons.OWN)
    elif _by_machine(incoming, mail) and note_report(incoming, mail):
        incoming.set_aside(ignored, reasons.REPORT)
    return incoming.state == ignored


def _earlier_copy(incoming: Incoming) -> Incoming | None:
    hold(f"mail {incoming.identity}")  # two copies that arrive at once are dealt with one after the other
    earlier = Q(pk__lt=incoming.pk, state=Incoming.State.RECEIVED) | Q(state=Incoming.State.TICKETED)
    same = Incoming.objects.filter(earlier, identity=incoming.identity).exclude(pk=incoming.pk)
    return same.order_by("pk").first()


def _write(incoming: Incoming, mail: parse.Message) -> None:
    if not incoming.sender:
        raise Unusable(Incoming.Reason.NO_SENDER)
    if not is_address(incoming.sender):
        raise Unusable(Incoming.Reason.BAD_SENDER)
    known = person_with_address(incoming.sender)
    if known and not known.is_active:
        raise Unusable(Incoming.Reason.DEACTIVATED)
    verdict = match(mail, sender=incoming.sender)
    incoming.trace = [*incoming.trace, *verdict.trace]
    cause = Cause("mail", str(incoming.pk))
    if verdict.number:
        article = _follow_up(incoming, mail, verdict, known, cause)
    else:
        article = _new_ticket(incoming, mail, verdict, known, cause)
    incoming.article, incoming.state = article, Incoming.State.TICKETED


def _follow_up(incoming: Incoming, mail: parse.Message, verdict: Verdict, known: User | None, cause: Cause) -> Article:
    ticket = Ticket.objects.get(number=verdict.number)
    author = known or new_customer(incoming.sender, name=mail.from_.name if mail.from_ else "")
    by_machine = _by_machine(incoming, mail)
    marks = [*verdict.marks, {"code": "automatic"}] if by_machine else verdict.marks
    verb = receive_automatic if by_machine else receive
    article = verb(ticket, _message(mail, incoming, marks=marks), channel=Channel.EMAIL, by=author, cause=cause)
    kinds = set(article.events.values_list("kind", flat=True))
    if "ticket.created" in kinds:
        incoming.outcome = Incoming.Outcome.NEW
    else:
        incoming.outcome = Incoming.Outcome.REJECTED if "article.refused" in kinds else Incoming.Outcome.FOLLOW_UP
    return article


def _new_ticket(incoming: Incoming, mail: parse.Message, verdict: Verdict, known: User | None, cause: Cause) -> Article:
    queue = _queue(incoming, mail)
    customer = known or new_customer(incoming.sender, name=mail.from_.name if mail.from_ else "")
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
        step = {"step": "queue", "found": "", "result": "no recipient of ours, so the first address"}
        incoming.trace = [*incoming.trace, step]
        address = Address.objects.filter(is_active=True).select_related("queue").order_by("pk").first()
    if address is None:
        raise Unusable(Incoming.Reason.NO_QUEUE)
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
