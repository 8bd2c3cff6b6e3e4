"""From bytes to a ticket. First `accept` makes a message durable; only then may a server be told that we have it.

`process` is a step of its own, by row: parse in a limited child process, then one transaction writes everything.
"""

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.blobs import load, store
from core.database import commit_lightly, hold
from core.prepared import prepared
from core.text import clean_line, normalise_address
from core.work import KILLED, run_inside, wake
from mail import parse
from mail.addressing import address_for
from mail.bounces import note_report
from mail.current import dealing_with
from mail.deciding import Unusable, place
from mail.loops import has_come_back, is_circling
from mail.mailboxes import mailbox_key
from mail.models import Account, Incoming
from mail.nursery import parse_apart
from mail.sandbox import ChildCrashed, ChildFailed, LimitExceeded, head_limited
from mail.sharing import share_out

MAX_PARSES = 2
# What has been due for so long may have ended whoever began it: from then on its tries are counted as they begin.
SUSPICIOUS = timedelta(minutes=1)
# What a row says of its message, and what has been decided about it.
READ = ("message_id", "subject", "is_automatic", "sender")
DECIDED = (
    *(*Incoming.ENTERED, "outcome", "reason_code", "reason", "trace", "article", "storm"),
    *(*READ, "authentication"),
)
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
    uidl: str = ""
    # The machine that handed it over, where one did.
    peer: str = ""


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
        uidl=envelope.uidl,
        digest=store(raw),
        size=len(raw),
        identity=identity(raw, envelope),
        envelope_from=envelope.sender[:320],
        envelope_to=[recipient[:320] for recipient in envelope.recipients],
        mailbox=mailbox_key(envelope.account, envelope.recipients),
        journal=[Incoming.line("received", peer=envelope.peer[:100])],
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
    found = next(iter(Incoming.objects.due_one(pk).values_list("digest", "attempts", "due_at")), None)
    if found is None:
        return
    digest, attempts, due_at = found
    if due_at is not None and timezone.now() - due_at > SUSPICIOUS and not _may_begin(pk):
        return
    if not digest:  # only its row is here (mail/fetching), and somebody wants it tried again
        _quarantine(pk, Incoming.Reason.NOT_FETCHED)
        return
    started = time.monotonic()
    try:
        mail = parse_apart(load(digest))
    except parse.TooComplex as error:
        _quarantine_unread(pk, digest, Incoming.Reason.TOO_COMPLEX, str(error))
    except (LimitExceeded, ChildCrashed, ChildFailed) as error:
        # A busy machine gets a second chance; after that it is the message.
        if attempts < MAX_PARSES - 1:
            run_inside(Incoming, pk, _raising(error))
        else:
            _quarantine_unread(pk, digest, Incoming.Reason.UNREADABLE, str(error))
    except Exception as error:  # its bytes cannot be had, say: logged, tried again with pauses, then parked
        run_inside(Incoming, pk, _raising(error))
    else:
        milliseconds = round((time.monotonic() - started) * 1000)
        run_inside(Incoming, pk, lambda row: decide_and_write(row, mail, milliseconds))


def _may_begin(pk: int) -> bool:
    """Note that a try begins, since who is killed by a message cannot say so afterwards. False when too many were."""
    with transaction.atomic():
        commit_lightly()
        row = next(iter(Incoming.objects.due_one(pk).select_for_update(skip_locked=True, of=("self",))), None)
        if row is None:
            return False
        if row.begun_in_vain <= len(row.backoff):
            row.note(row.BEGUN)
            row.save(update_fields=["journal"])
            return True
    _quarantine(pk, Incoming.Reason.UNREADABLE, KILLED)
    return False


def _quarantine(pk: int, reason: Incoming.Reason, more: str = "") -> None:
    def set_aside(incoming: Incoming) -> Sequence[str]:
        incoming.set_aside(Incoming.State.QUARANTINED, reason, more)
        return DECIDED

    run_inside(Incoming, pk, set_aside)


def _quarantine_unread(pk: int, digest: str, reason: Incoming.Reason, more: str) -> None:
    """Who it is from and what it is about stands in its header, which can be read even so."""
    head = head_limited(load(digest))

    def set_aside(incoming: Incoming) -> Sequence[str]:
        if head is not None:
            identify(incoming, head)
        incoming.set_aside(Incoming.State.QUARANTINED, reason, more)
        return DECIDED

    run_inside(Incoming, pk, set_aside)


def identify(incoming: Incoming, mail: parse.Message) -> None:
    """Note how it calls itself and whom it is from, as the ledger shows it. Saving is up to the caller (`DECIDED`)."""
    incoming.message_id = mail.message_id[:250]
    incoming.subject = clean_line(mail.subject, 300)
    incoming.sender = _sender(incoming, mail)


def _raising(error: Exception) -> Callable[[Incoming], None]:
    def fail(_incoming: Incoming) -> None:
        raise error

    return fail


def decide_and_write(incoming: Incoming, mail: parse.Message, milliseconds: int) -> Sequence[str]:
    """Within a transaction: everything that follows from a message that has been read. Returns the fields to save."""
    commit_lightly()
    incoming.note("parsed", ms=milliseconds)
    identify(incoming, mail)
    incoming.is_automatic = mail.is_automatic or mail.is_bounce or _has_null_sender(incoming) or is_circling(mail)
    try:
        with dealing_with(incoming):
            _deal_with(incoming, mail)
    except Unusable as unusable:
        incoming.set_aside(Incoming.State.QUARANTINED, unusable.reason, unusable.more)
    return DECIDED


def _deal_with(incoming: Incoming, mail: parse.Message) -> None:
    if not _needs_no_ticket(incoming, mail):
        share_out(incoming, mail)
        place(incoming, mail, by_machine=_by_machine(incoming, mail))


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
        incoming.set_aside(ignored, reasons.COPY, str(first))
    elif has_come_back(mail):
        incoming.set_aside(ignored, reasons.OWN)
    elif _by_machine(incoming, mail) and note_report(incoming, mail):
        incoming.set_aside(ignored, reasons.REPORT)
    return incoming.state == ignored


def _earlier_copy(incoming: Incoming) -> int | None:
    """The row of the same message that came first."""
    hold(f"mail {incoming.identity}")  # two copies that arrive at once are dealt with one after the other
    return next(iter(_same(incoming.pk, incoming.identity)), None)


@prepared(int, str)
def _same(pk: int, identity: str) -> QuerySet[Incoming, int]:
    earlier = Q(pk__lt=pk, state=Incoming.State.RECEIVED) | Q(state=Incoming.State.TICKETED)
    same = Incoming.objects.filter(earlier, identity=identity).exclude(pk=pk)
    return same.order_by("pk").values_list("pk", flat=True)[:1]
