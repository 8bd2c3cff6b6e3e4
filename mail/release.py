"""A message that could not become a ticket by itself becomes one by hand: somebody chose the queue and the customer."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.audit import note_change
from accounts.models import User
from accounts.people import new_customer, person_with_address
from core.blobs import load
from core.text import clean_line, normalise_address
from mail import parse
from mail.addresses import is_address
from mail.addressing import is_ours
from mail.models import Incoming
from mail.nursery import parse_apart
from mail.sandbox import ChildCrashed, ChildFailed, LimitExceeded
from mail.spoken import message_of
from tickets.actions.opening import Opening, open_ticket
from tickets.events import Cause
from tickets.messages import File, Message
from tickets.models import Article, Queue
from tickets.models.ticket import Channel

UNREAD = (parse.TooComplex, LimitExceeded, ChildCrashed, ChildFailed)


def release_incoming(incoming: Incoming, *, queue: Queue, customer: str, by: User) -> Article | None:
    """Make a ticket of it in `queue` for whoever has the address `customer`; None when it is on a ticket already, or
    its bytes are gone. What cannot be read goes along as a file.

    Raises `ValidationError` when the address is none, or one of ours, or belongs to somebody who was deactivated.
    """
    if not incoming.digest or incoming.raw_removed_at is not None:
        return None
    mail = read(incoming)
    with transaction.atomic():
        row = Incoming.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
        if row.state == Incoming.State.TICKETED or row.raw_removed_at is not None:
            return None
        before = {"state": row.state, "reason_code": row.reason_code, "reason": row.reason}
        article = _open(row, mail, queue, _customer(customer, mail))
        row.finish()
        row.article, row.outcome, row.reason_code, row.reason = article, Incoming.Outcome.NEW, "", ""
        row.enter(Incoming.State.TICKETED, outcome=str(row.outcome), released=by.name)
        row.save_work(*Incoming.ENTERED, "article", "outcome", "reason_code", "reason", "sender", "subject")
        after = {"state": row.state, "reason_code": "", "reason": "", "queue": queue.path, "customer": customer}
        note_change(row, before=before, after=after, by=by)
    return article


def read(incoming: Incoming) -> parse.Message | None:
    """What the present parser makes of its bytes; None when it gives up on them."""
    try:
        return parse_apart(load(incoming.digest))
    except UNREAD:
        return None


def _customer(address: str, mail: parse.Message | None) -> User:
    address = normalise_address(address)
    if not is_address(address):
        raise ValidationError({"customer": _("This is not an email address. It looks like dana@example.com.")})
    if is_ours(address):
        raise ValidationError({"customer": _("This is an address of the helpdesk itself. No answer could leave.")})
    known = person_with_address(address)
    if known and not known.is_active:
        raise ValidationError({"customer": _("Whoever has this address has been deactivated.")})
    sent_by_them = mail and mail.from_ and normalise_address(mail.from_.address) == address
    return known or new_customer(address, name=mail.from_.name if mail and mail.from_ and sent_by_them else "")


def _open(row: Incoming, mail: parse.Message | None, queue: Queue, customer: User) -> Article:
    """As intake does it, but for the choice; the row is what the receipt looks at."""
    proven = customer.addresses.filter(address=row.sender).exists()
    marks = [] if proven else [{"code": "unverified"}]
    with override(customer.language or queue.language or "en"):
        message = message_of(mail, row, marks=marks, queue=queue) if mail else _unread(row, marks)
        if not is_address(message.sent_from.get("address", "")):
            message = replace(message, sent_from={"name": customer.name, "address": customer.email})
        title = clean_line(message.subject, 300) or _("(no subject)")
    row.subject = row.subject or title
    opening = Opening(title=title, queue=queue, customer=customer, channel=Channel.EMAIL)
    return open_ticket(opening, message, by=customer, cause=Cause("mail", str(row.pk)))


def _unread(row: Incoming, marks: list[dict[str, str]]) -> Message:
    file = File(f"incoming-{row.pk}.eml", "message/rfc822", load(row.digest))
    text = _("This message could not be read. The file holds it as it came.")
    return Message(
        text=text, subject=row.subject, files=[file], sent_from={"name": "", "address": row.sender}, marks=marks
    )
