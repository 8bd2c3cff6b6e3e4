"""A message tried out: the whole pipeline in earnest, in a transaction that is rolled back. Nothing stays.

What is stored meanwhile stays in memory, wake-ups wait for a commit that never comes. Only the counters of the
database go on (a number of a ticket may be left out), as with every transaction that is rolled back.
"""

import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.blobs import kept_aside, store
from mail import parse
from mail.answers import forecast
from mail.authentication import names_seen
from mail.intake import decide_and_write
from mail.mailboxes import mailbox_key
from mail.models import Account, AutomaticText, Incoming
from mail.sandbox import ChildCrashed, ChildFailed, LimitExceeded, parse_limited
from tickets.models import Article, Ticket
from tickets.models.article import Sender

MAX_BYTES = 10 * 1024 * 1024
# Steps of the trace that name a ticket, and results that would tell whether it is there.
_POINTING = ("token", "tag", "reference", "external")
_UNTOLD = {"no such ticket": "not told", "sender does not take part": "not told"}


@dataclass(frozen=True)
class Arrival:
    """How the message is said to come in."""

    account: Account | None = None
    source: str = Incoming.Source.SMTP
    recipients: tuple[str, ...] = ()
    sender: str = ""


@dataclass(frozen=True)
class Answer:
    """The automatic answer that would leave, or why none would."""

    subject: str = ""
    body: str = ""
    why_none: str = ""


@dataclass(frozen=True)
class TriedTicket:
    """The ticket as it would be. Of one that the person may not see only that it is there."""

    number: str = ""
    title: str = ""
    queue: str = ""
    type: str = ""
    priority: str = ""
    state: str = ""
    owner: str = ""
    customer: str = ""
    is_new_customer: bool = False
    tags: Sequence[str] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    is_hidden: bool = False


@dataclass(frozen=True)
class Outcome:
    """What would become of the message. `servers` have left results about its sender: name and lines above."""

    incoming: Incoming
    mail: parse.Message | None = None
    error: str = ""
    article_kind: str = ""
    marks: Sequence[Mapping[str, Any]] = ()
    ticket: TriedTicket | None = None
    answer: Answer | None = None
    servers: Sequence[tuple[str, int]] = ()
    further: int = 0


def try_out(raw: bytes, arrival: Arrival, *, by: User) -> Outcome:
    """What would become of these bytes now, as far as `by` may see it."""
    incoming = _row(raw, arrival)
    begun = time.monotonic()
    try:
        mail = parse_limited(raw)
    except (parse.TooComplex, LimitExceeded, ChildCrashed, ChildFailed) as error:
        too_complex = isinstance(error, parse.TooComplex)
        reason = Incoming.Reason.TOO_COMPLEX if too_complex else Incoming.Reason.UNREADABLE
        incoming.set_aside(Incoming.State.QUARANTINED, reason, str(error))
        return Outcome(incoming, error=str(error))
    milliseconds = round((time.monotonic() - begun) * 1000)
    with kept_aside(), transaction.atomic():
        try:
            return _decided(raw, incoming, mail, milliseconds, by=by)
        finally:
            transaction.set_rollback(True)


def _row(raw: bytes, arrival: Arrival) -> Incoming:
    return Incoming(
        source=arrival.source,
        account=arrival.account,
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        # never that of a message that has come before: what became of that one is not asked
        identity=f"trial {secrets.token_hex(16)}",
        envelope_from=arrival.sender[:320],
        envelope_to=[recipient[:320] for recipient in arrival.recipients],
        mailbox=mailbox_key(arrival.account, arrival.recipients),
    )


def _decided(raw: bytes, incoming: Incoming, mail: parse.Message, milliseconds: int, *, by: User) -> Outcome:
    store(raw)
    last_person = User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    incoming.save(force_insert=True)
    try:
        with transaction.atomic():
            decide_and_write(incoming, mail, milliseconds)
    except Exception as error:  # as in earnest it would be tried again, and parked in the end
        incoming.article = None
        incoming.set_aside(Incoming.State.QUARANTINED, Incoming.Reason.TROUBLE, f"{type(error).__name__}: {error}")
        return Outcome(incoming, mail, servers=names_seen(mail.headers))
    article = incoming.article
    further = Incoming.objects.filter(trace__0__found=str(incoming.pk), trace__0__step="shared").count()
    _hide_numbers(incoming, by=by)
    return Outcome(
        incoming,
        mail,
        article_kind=_kind(article) if article else "",
        marks=article.marks if article else (),
        ticket=_ticket(incoming, article, last_person, by=by) if article else None,
        answer=_answer(incoming, article) if article else None,
        servers=names_seen(mail.headers),
        further=further,
    )


def _kind(article: Article) -> str:
    if article.sender == Sender.CUSTOMER:
        return "message" if article.visible_to_customer else "held"
    return "reply" if article.visible_to_customer else "note"


def _ticket(incoming: Incoming, article: Article, last_person: int, *, by: User) -> TriedTicket:
    ticket = Ticket.objects.select_related("queue", "type", "priority", "state", "owner", "customer").get(
        pk=article.ticket_id
    )
    is_new = incoming.outcome == Incoming.Outcome.NEW
    if not is_new and not Ticket.objects.allowing(by, "read").filter(pk=ticket.pk).exists():
        return TriedTicket(is_hidden=True)
    return TriedTicket(
        number="" if is_new else ticket.number,
        title=ticket.title,
        queue=ticket.queue.place,
        type=ticket.type.name,
        priority=ticket.priority.name,
        state=ticket.state.name,
        owner=ticket.owner.name if ticket.owner else "",
        customer=f"{ticket.customer.name} <{ticket.customer.email}>",
        is_new_customer=ticket.customer_id > last_person,
        tags=ticket.tags,
        fields=ticket.custom_fields,
    )


def _answer(incoming: Incoming, article: Article) -> Answer | None:
    """Only what a customer says is answered."""
    if article.sender != Sender.CUSTOMER:
        return None
    sent = article.ticket.articles.filter(sender=Sender.SYSTEM, pk__gt=article.pk).order_by("pk").first()
    if sent is not None:
        return Answer(sent.subject, sent.body)
    if article.ticket.queue.is_junk:
        return Answer(why_none=_("Unwanted messages are not answered."))
    if not article.visible_to_customer:
        return Answer(why_none=_("What is kept as a note is not answered."))
    return Answer(why_none=forecast(_event(incoming), article, is_automatic=incoming.is_automatic).why)


def _event(incoming: Incoming) -> str:
    events = AutomaticText.Event
    if incoming.outcome == Incoming.Outcome.REJECTED:
        return events.REJECTED
    return events.NEW if incoming.outcome == Incoming.Outcome.NEW else events.FOLLOW_UP


def _hide_numbers(incoming: Incoming, *, by: User) -> None:
    """That a ticket is there is not told to those who may not see it (T48): it looks like one that is not there."""
    named = {step["found"] for step in incoming.trace if step.get("step") in _POINTING}
    seen = set(Ticket.objects.allowing(by, "read").filter(number__in=named).values_list("number", flat=True))
    incoming.trace = [
        {**step, "found": "…", "result": _UNTOLD.get(step["result"], step["result"])}
        if step.get("step") in _POINTING and step["found"] not in seen
        else step
        for step in incoming.trace
    ]
