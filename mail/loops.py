"""No graph of automatic answers may grow: who gets one, and how many (RFC 3834).

`decide` is the whole rule, pure; `would_answer` gathers what it needs to know and changes nothing. A responder may
strip every mark and change every subject, so in the end it is counting that stops it: answers to one address within
an hour and a day, and answers of ours on one ticket since a person of the house last spoke there (T31, T32).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile
from typing import Protocol

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.database import hold
from core.secrets import derived_key
from core.text import normalise_address
from mail.addressing import is_ours
from mail.marks import check_message_id, own_messages
from mail.models import AutoReply
from mail.parse import Message
from mail.rules import rules
from tickets.models import Article, Ticket
from tickets.models.article import Sender

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The mark of a message whose sender the servers in between have found to be forged (mail/trust.py).
DISPROVEN = "disproven"
MOST_SAID = 50
# So many automatic answers in a row, on one ticket or among what a message answers to, and it is a loop.
ROUNDS = 3
# Our own Message-ID once more: lists and forwarders may give a message a new one.
MARK = "X-Helpdesk-Loop"
# On a message that tells somebody that he is in copy: no answer to anything, so no round.
TOLD = "told of copy"
ROBOTS = (
    "mailer-daemon",
    "postmaster",
    "abuse",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "bounce",
    "listserv",
    "majordomo",
)
WHY: Mapping[str, str | Promise] = {
    "off": _("Automatic replies are switched off for this event in this queue."),
    "never": _("The address is on the list of addresses that get no mail."),
    "automatic": _("The message was not written by a person to us, so nothing answers it."),
    "nobody": _("There is no address to answer."),
    "ours": _("The sender is an address of ours."),
    "robot": _("The sender's address belongs to a program."),
    "disproven": _("The sender is forged: whoever has the address did not write."),
    "unproven": _("It is not proven who sent the message."),
    "loop": _("There have been several automatic replies in a row, so this looks like a loop."),
    "hour": _("The address has had as many automatic replies as it may have within an hour."),
    "day": _("The address has had as many automatic replies as it may have within a day."),
    "unsendable": _("No address is set up to send from."),
}


class Limits(Protocol):
    """What `decide` needs of the house's rules."""

    answers_per_hour: int
    answers_per_day: int
    answers_authenticated: bool


@dataclass(frozen=True, kw_only=True)
class Case:
    """Somebody who might get an automatic answer. `rounds` are the answers of ours in a row before this one."""

    address: str
    is_automatic: bool = False
    is_ours: bool = False
    is_proven: bool = False
    is_disproven: bool = False
    last_hour: int = 0
    last_day: int = 0
    rounds: int = 0


@dataclass(frozen=True)
class Verdict:
    """Whether an answer goes out; `code` is a key of `WHY` when not."""

    may: bool
    code: str = ""

    @property
    def why(self) -> str:
        return str(WHY[self.code]) if self.code else ""


def decide(case: Case, limits: Limits) -> Verdict:
    """The first reason against an answer, the surest ones first."""
    reasons = (
        ("automatic", case.is_automatic),
        ("nobody", "@" not in case.address),
        ("ours", case.is_ours),
        ("robot", case.address.partition("@")[0].lower().startswith(ROBOTS)),
        ("disproven", case.is_disproven),
        ("unproven", limits.answers_authenticated and not case.is_proven),
        ("loop", case.rounds >= ROUNDS),
        ("hour", case.last_hour >= limits.answers_per_hour),
        ("day", case.last_day >= limits.answers_per_day),
    )
    code = next((code for code, holds in reasons if holds), "")
    return Verdict(not code, code)


def would_answer(
    address: str,
    *,
    is_automatic: bool,
    is_proven: bool = False,
    is_disproven: bool = False,
    ticket: Ticket | None = None,
) -> Verdict:
    """What would be decided now; nothing is changed, and nothing is promised for later."""
    case = _case(address, is_automatic=is_automatic, is_proven=is_proven, ticket=ticket)
    return decide(replace(case, is_disproven=is_disproven), rules())


def would_send(address: str, *, is_automatic: bool, ticket: Ticket) -> Verdict:
    """The same for a message that a rule wants to send: the limit of an hour is for receipts, of which each message
    gets one, and who sent the request was asked for when it came in."""
    case = _case(address, is_automatic=is_automatic, is_proven=True, ticket=ticket)
    return decide(replace(case, last_hour=0, is_disproven=_is_forged(case.address, ticket)), rules())


def would_tell(address: str) -> Verdict:
    """The same for a message that tells somebody of a request because a person wanted that."""
    case = _case(address, is_automatic=False, is_proven=True, ticket=None)
    return decide(replace(case, last_hour=0), rules())


def _case(address: str, *, is_automatic: bool, is_proven: bool, ticket: Ticket | None) -> Case:
    address = normalise_address(address)
    last_hour, last_day = _given(address)
    return Case(
        address=address,
        is_automatic=is_automatic,
        is_ours=is_ours(address),
        is_proven=is_proven,
        last_hour=last_hour,
        last_day=last_day,
        rounds=_rounds(ticket) if ticket else 0,
    )


def take_turns(address: str) -> None:
    """Until the transaction ends nobody else can decide about an answer to the same address."""
    hold(f"automatic answer {normalise_address(address)}")


def note_answer(address: str) -> None:
    AutoReply.objects.create(address=normalise_address(address), at=now())


def has_come_back(mail: Message) -> bool:
    """Whether this is a message of our own, by its Message-ID or by the mark that a list or a forwarder leaves alone.

    Who answers names the message and may have copied its headers: that is no message of ours (T33).
    """
    key = derived_key("message ids")
    if check_message_id(key, mail.message_id):
        return True
    mark = mail.header(MARK).strip()
    return check_message_id(key, mark) is not None and mark not in (mail.in_reply_to, *mail.references)


def is_circling(mail: Message) -> bool:
    """Whether what this message answers to holds several automatic answers of ours: it has passed us that often.

    Their Message-IDs prove it, whatever became of the other marks on the way.
    """
    ids = {mail.in_reply_to, *mail.references}
    ours = {own.article for own in own_messages(derived_key("message ids"), ids)}
    if len(ours) < ROUNDS:
        return False
    return Article.objects.filter(uuid__in=ours, sender=Sender.SYSTEM).count() >= ROUNDS


def _given(address: str) -> tuple[int, int]:
    """Automatic answers to this address within the last hour and the last day."""
    moment = now()
    given = AutoReply.objects.filter(address=address, at__gt=moment - DAY, at__lte=moment)
    found = given.aggregate(hour=Count("pk", filter=Q(at__gt=moment - HOUR)), day=Count("pk"))
    return found["hour"], found["day"]


def _is_forged(address: str, ticket: Ticket) -> bool:
    """Whether all that came here from this address is forged: its owner knows nothing of the request."""
    said = ticket.articles.filter(sender=Sender.CUSTOMER, sent_from__address__iexact=address)
    forged = [DISPROVEN in codes_of(article) for article in said.only("marks")[:MOST_SAID]]
    return bool(forged) and all(forged)


def codes_of(article: Article) -> set[str]:
    return {str(mark.get("code")) for mark in article.marks}


def _rounds(ticket: Ticket) -> int:
    """Automatic answers on this ticket since an agent last spoke to the customer."""
    spoken = ticket.articles.filter(visible_to_customer=True, sender__in=(Sender.AGENT, Sender.SYSTEM))
    spoken = spoken.exclude(marks__contains=[{"code": TOLD}])
    newest = spoken.order_by("-pk").values_list("sender", flat=True)[:ROUNDS]
    return len(list(takewhile(lambda sender: sender == Sender.SYSTEM, newest)))
