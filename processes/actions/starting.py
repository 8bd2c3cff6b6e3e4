"""A process begins on a ticket."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from core.memo import for_a_moment
from core.work import wake
from processes import forms, sentences
from processes.models import Impulse, Process, Run
from processes.moving import Mover
from processes.plans import calls_of, is_crowded
from processes.refusals import Refused
from tickets.actions.fields import set_custom_fields
from tickets.changes import locked
from tickets.events import Cause
from tickets.models import Event, Ticket

# On one ticket, of one process, at the same time: more is a rule that starts it over and over.
MOST_RUNS = 5


def start(
    process: Process, ticket: Ticket, *, values: Mapping[str, Any] | None = None, by: User, cause: Cause | None = None
) -> Run:
    """Begin the published version and move on to where it waits first.

    `values` answer the form of its start event; None leaves the form out, as rules and requests from the catalogue do.
    Raises `Refused`, and `ValidationError` by field for answers that will not do.
    """
    with for_a_moment(), locked(ticket) as ticket:
        process = Process.objects.select_related("active").get(pk=process.pk)
        _refuse(process, ticket)
        if values is not None:
            set_custom_fields(
                ticket, forms.check(forms.start_form(process, ticket), values, ticket), by=by, cause=cause
            )
            ticket = Ticket.objects.get(pk=ticket.pk)
        assert process.active is not None
        run = Run(ticket=ticket, version=process.active, started_by=by)
        run.data = {"calls": calls_of(process.active)}
        if is_crowded(run):
            raise Refused("crowded")
        run.save(force_insert=True)
        mover = Mover(run, ticket)
        run.event = mover.record(sentences.STARTED, by=by, cause=cause, run=run.pk)
        mover.go()
        return run


def order(process: Process, ticket: Ticket, *, event: Event, by: User) -> None:
    """Have it begun in a transaction of its own, once for this event."""
    with transaction.atomic():
        duty, is_new = Impulse.objects.get_or_create(
            event=event, process=process, defaults={"kind": Impulse.Kind.START, "ticket": ticket, "by": by}
        )
        if is_new:
            wake(duty)


def _refuse(process: Process, ticket: Ticket) -> None:
    if not process.is_active or process.active is None:
        raise Refused("unpublished")
    if ticket.is_removed or ticket.merged_into_id is not None:
        raise Refused("removed")
    if Run.objects.active().filter(ticket=ticket, version__process=process).count() >= MOST_RUNS:
        raise Refused("often")
