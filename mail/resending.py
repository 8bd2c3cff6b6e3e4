"""A message once more: to those who did not get it, or past what had held it back. By agents from the ticket, whose
history says so; by administrators from the outbox, which the audit notes too."""

from django.db import transaction
from django.utils import timezone

from accounts.audit import note_change
from accounts.models import User
from core.work import wake
from mail.models import Outgoing
from tickets.changes import locked
from tickets.events import Cause, record


def send_anyway(outgoing: Outgoing, *, by: User) -> bool:
    """Somebody has looked at the recipients of a held message: it leaves. False when it is held no more."""
    with locked(outgoing.ticket):
        outgoing = _locked(outgoing)
        if outgoing.state != Outgoing.State.HELD:
            return False
        outgoing.retry()
        moment = timezone.now()
        outgoing.state, outgoing.due_at = Outgoing.State.QUEUED, max(outgoing.article.send_at or moment, moment)
        outgoing.save_work("state")
        note_recipients(outgoing, "mail.released", by=by)
        wake(outgoing)
    return True


def resend(outgoing: Outgoing, *, by: User) -> bool:
    """Once more to those who did not get it; false when there are none, or while a worker has it.

    The message is the same, with the same Message-ID: who has it already gets no second one.
    """
    with locked(outgoing.ticket):
        outgoing = _locked(outgoing)
        missing = [recipient for recipient in outgoing.recipients if recipient["state"] in ("failed", "queued")]
        if not missing or not may_be_sent_again(outgoing):
            return False
        for recipient in missing:
            recipient |= {"state": "queued", "answer": "", "told": False}
            recipient.pop("delay", None)
        outgoing.retry()
        outgoing.last_error = ""
        outgoing.state, outgoing.sent_at = Outgoing.State.QUEUED, None
        outgoing.save_work("recipients", "state", "sent_at")
        note_recipients(outgoing, "mail.resent", by=by, recipients=[recipient["address"] for recipient in missing])
        wake(outgoing)
    return True


def may_be_sent_again(outgoing: Outgoing) -> bool:
    """It was settled, or waits after a failure; not while a worker has it, nor before its first try."""
    if outgoing.state in (Outgoing.State.HELD, Outgoing.State.WITHDRAWN):
        return False
    if outgoing.leased_until and outgoing.leased_until > timezone.now():
        return False
    return outgoing.due_at is None or bool(outgoing.last_error)


def send_again(outgoing: Outgoing, *, by: User) -> bool:
    """`resend` by an administrator who may not even see the ticket."""
    with transaction.atomic():
        before = {"state": outgoing.state}
        if not resend(outgoing, by=by):
            return False
        after = {"state": Outgoing.State.QUEUED, "again": _waiting(outgoing)}
        note_change(outgoing, before=before, after=after, by=by)
    return True


def release_outgoing(outgoing: Outgoing, *, by: User) -> bool:
    """`send_anyway` by an administrator."""
    with transaction.atomic():
        before = {"state": outgoing.state}
        if not send_anyway(outgoing, by=by):
            return False
        note_change(outgoing, before=before, after={"state": Outgoing.State.QUEUED}, by=by)
    return True


def _waiting(outgoing: Outgoing) -> list[str]:
    fresh = Outgoing.objects.get(pk=outgoing.pk)
    return [recipient["address"] for recipient in fresh.recipients if recipient["state"] == "queued"]


def _locked(outgoing: Outgoing) -> Outgoing:
    return Outgoing.objects.select_for_update(of=("self",)).select_related("ticket", "article").get(pk=outgoing.pk)


def note_recipients(outgoing: Outgoing, kind: str, *, by: User, recipients: list[str] | None = None) -> None:
    """The ticket's history names whom a message goes to, all of them unless some are named."""
    everybody = [recipient["address"] for recipient in outgoing.recipients]
    data = {"recipients": {"was": None, "now": recipients or everybody}}
    with locked(outgoing.ticket) as ticket:
        cause = Cause("delivery", str(outgoing.pk)) if by.is_system else None
        record(ticket, kind, by=by, cause=cause, article=outgoing.article, data=data)
