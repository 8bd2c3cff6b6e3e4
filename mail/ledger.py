"""What administrators decide about mail that waits: try again or discard. Both are audited."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import note_change
from accounts.models import User
from core.work import wake
from mail.fetch import MAX_TRIES
from mail.models import Incoming, Outgoing


def retry_incoming(incoming: Incoming, *, by: User) -> bool:
    """Look at the message anew, now; false when it is on a ticket already."""
    with transaction.atomic():
        incoming = Incoming.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
        if incoming.state == Incoming.State.TICKETED:
            return False
        before = _facts(incoming)
        incoming.retry()
        incoming.state, incoming.reason_code, incoming.reason = Incoming.State.RECEIVED, "", ""
        incoming.trace = []
        incoming.save_work("state", "reason_code", "reason", "trace")
        note_change(incoming, before=before, after=_facts(incoming), by=by)
        wake(incoming)
    return True


def discard_incoming(incoming: Incoming, *, by: User) -> bool:
    """Set the message aside for good: it stays in the ledger, raw; false when it is on a ticket already."""
    with transaction.atomic():
        incoming = Incoming.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
        if incoming.state == Incoming.State.TICKETED:
            return False
        before = _facts(incoming)
        incoming.finish()
        # what could not be fetched is not asked for again
        incoming.attempts = max(incoming.attempts, MAX_TRIES)
        incoming.set_aside(Incoming.State.IGNORED, Incoming.Reason.DISCARDED)
        incoming.save_work("state", "reason_code", "reason")
        note_change(incoming, before=before, after=_facts(incoming), by=by)
    return True


def send_again(outgoing: Outgoing, *, by: User) -> bool:
    """Send what failed or was only kept; recipients who have it already do not get it twice."""
    with transaction.atomic():
        outgoing = Outgoing.objects.select_for_update(of=("self",)).get(pk=outgoing.pk)
        missing = [recipient for recipient in outgoing.recipients if recipient["state"] != "sent"]
        if not missing or not may_be_sent_again(outgoing):
            return False
        before = {"state": outgoing.state}
        for recipient in missing:
            recipient |= {"state": "queued", "answer": ""}
        outgoing.retry()
        outgoing.state, outgoing.sent_at = Outgoing.State.QUEUED, None
        outgoing.save_work("recipients", "state", "sent_at")
        note_change(outgoing, before=before, after={"state": outgoing.state, "again": _names(missing)}, by=by)
        wake(outgoing)
    return True


def may_be_sent_again(outgoing: Outgoing) -> bool:
    """It was settled, or waits after a failure; not while a worker has it, nor before its first try."""
    if outgoing.leased_until and outgoing.leased_until > timezone.now():
        return False
    return outgoing.due_at is None or bool(outgoing.last_error)


def reason_shown(incoming: Incoming) -> str:
    """Why it is no ticket, in the reader's language, and what a server or library said about it in its own words."""
    if incoming.reason_code == Incoming.Reason.COPY:
        more = _("See no. %(number)s.") % {"number": incoming.reason}
    else:
        more = incoming.reason
    return f"{incoming.get_reason_code_display()} {more}".strip()


def _facts(incoming: Incoming) -> dict[str, Any]:
    return {"state": incoming.state, "reason_code": incoming.reason_code, "reason": incoming.reason}


def _names(recipients: list[dict[str, str]]) -> list[str]:
    return [recipient["address"] for recipient in recipients]
