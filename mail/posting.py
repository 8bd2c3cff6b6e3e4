"""A mail to one person about a ticket that is no article of it: notices. It leaves from the address of the queue.

Nothing can come of it: an empty return path, marked as automatic (RFC 3834), never to an address of ours, with a
Message-ID that is known again when it comes back. Whoever answers names it, so an agent's answer finds its ticket
(mail/agents.py).
"""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from accounts.models import User
from core.secrets import derived_key
from mail import pacing
from mail.addressing import is_ours, sender_for
from mail.compose import BadAddress, Draft, Person, compose, envelope_recipients
from mail.loops import MARK
from mail.marks import MANY, make_message_id, tag_subject
from mail.models import Address
from mail.pools import BeingTried, TryLater, being_tried_until, by_any, readable
from mail.rules import lists, rules
from mail.way_troubles import text_of
from mail.ways import Way, ways_for
from tickets.models import Ticket

_THREADS = UUID("6f0c7a52-8f5e-4c0b-9d0b-6d7f1c1c6b55")


class Outcome(StrEnum):
    SENT = "sent"
    KEPT = "kept"  # no mail server is set up
    REFUSED = "refused"
    IMPOSSIBLE = "impossible"  # an address of ours, one that gets no mail, or none at all


class Busy(Exception):
    """The domain has no room now; nothing was tried. `again_at` is when to ask again."""

    def __init__(self, again_at: datetime | None):
        super().__init__("The domain has no room now.")
        self.again_at = again_at


@dataclass(frozen=True)
class Posting:
    """`uuid` is the same in every try, and so is the Message-ID. `key` tells apart who has a turn at a domain.

    Of a mail about several tickets (`of_many`) `ticket` only says from which queue it leaves: an answer to it is no
    note on that one.
    """

    ticket: Ticket
    to: User
    subject: str
    text: str
    uuid: UUID
    key: int
    headers: Mapping[str, str] = field(default_factory=dict)
    of_many: bool = False


@dataclass(frozen=True)
class Posted:
    outcome: Outcome
    answer: str = ""


def may_get_mail(address: str) -> bool:
    """Not an address of ours, which would only loop, and nobody who is on the list of those who get none."""
    return "@" in address and not is_ours(address) and not lists(rules().never_send_to, address)


def post(posting: Posting) -> Posted:
    """Send it now. Raises `TryLater` when no server takes it for now, `Busy` when others are at the domain."""
    sender = sender_for(posting.ticket.queue)
    if sender is None or not may_get_mail(posting.to.email):
        return Posted(Outcome.IMPOSSIBLE)
    draft = _draft(posting, sender)
    try:
        (recipient,) = envelope_recipients(draft)
    except (BadAddress, ValueError):
        return Posted(Outcome.IMPOSSIBLE)
    ways = ways_for(sender.address, posting.ticket.queue)
    if not ways:
        return Posted(Outcome.KEPT)
    return _in_turn(posting, recipient, compose(draft), list(ways))


def _draft(posting: Posting, sender: Address) -> Draft:
    number, domain = MANY if posting.of_many else posting.ticket.number, sender.address.rpartition("@")[2]
    message_id = make_message_id(derived_key("message ids"), posting.uuid, domain, number)
    # All about one ticket is one conversation in the reader's mail program.
    thread = make_message_id(derived_key("message ids"), uuid5(_THREADS, str(posting.ticket.pk)), domain, number)
    return Draft(
        from_=Person(sender.name, sender.address),
        to=[Person(posting.to.name, posting.to.email)],
        subject=posting.subject if posting.of_many else tag_subject(posting.subject, number),
        text=posting.text,
        message_id=message_id,
        in_reply_to="" if posting.of_many else thread,
        references=[] if posting.of_many else [thread],
        auto_submitted="auto-generated",
        headers={MARK: message_id, "X-Auto-Response-Suppress": "All", **posting.headers},
    )


def _in_turn(posting: Posting, recipient: str, raw: bytes, ways: list[Way]) -> Posted:
    """Within the pace of the domain."""
    domains = pacing.domains_of([recipient])
    # Below zero: outgoing messages of tickets count their turns by their own numbers.
    turn = -posting.key
    admitted = pacing.admit(turn, domains)
    if not admitted.domains:
        raise Busy(admitted.again_at)
    put_off: list[str] = []
    took: list[str] = []
    try:
        code, answer = _hand_over(recipient, raw, ways)
        put_off, took = (domains, []) if 400 <= code < 500 else ([], domains)
    except BeingTried as error:
        raise Busy(being_tried_until()) from error
    except TryLater as error:
        put_off = domains if error.is_silence else []
        raise
    finally:
        pacing.leave(turn, domains, took=took, put_off=put_off)
    if 400 <= code < 500:
        raise TryLater(f"{code} {answer}")
    return Posted(Outcome.SENT if code < 400 else Outcome.REFUSED, f"{code} {answer}".strip())


def _hand_over(recipient: str, raw: bytes, ways: list[Way]) -> tuple[int, str]:
    """What the server says about this message and recipient; trouble of the server itself is `TryLater`."""
    try:
        taken = by_any(ways, lambda server: server.sendmail("", [recipient], raw))
    except smtplib.SMTPRecipientsRefused as error:
        return next(iter(readable(error.recipients).values()))
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        return error.smtp_code, text_of(error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater.of(error) from error
    return taken.good
