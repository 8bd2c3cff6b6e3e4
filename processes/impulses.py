"""Duties that events have left for processes, each done once: the row is finished together with what it does."""

import logging

from django.db import transaction

from processes.actions import deciding, messaging, starting
from processes.models import Impulse
from processes.refusals import Refused
from tickets.changes import locked
from tickets.events import Cause

log = logging.getLogger(__name__)


def pass_on(impulse: Impulse) -> None:
    """For `run_leased`: a second worker, or the same after a crash, finds it finished under the ticket's lock."""
    with locked(impulse.ticket):
        row = Impulse.objects.select_for_update().filter(pk=impulse.pk, due_at__isnull=False).first()
        if row is None:
            return
        try:
            with transaction.atomic():
                _do(row)
        except Refused as refused:
            log.info("impulse %s: %s", row.pk, refused.code)
            row.last_error = refused.code
        row.due_at = None
        row.save(update_fields=["due_at", "last_error"])
    impulse.finish()


def _do(row: Impulse) -> None:
    cause = Cause("process", str(row.pk), event=row.event)
    match Impulse.Kind(row.kind):
        case Impulse.Kind.START:
            assert row.process is not None
            starting.start(row.process, row.ticket, by=row.by, cause=cause)
        case Impulse.Kind.MESSAGE:
            messaging.deliver(row.ticket, row.name, by=row.by, cause=cause)
        case Impulse.Kind.DECISION:
            assert row.decision is not None
            deciding.decide(row.decision, row.name, comment=row.comment, by=row.by, way="mail")
