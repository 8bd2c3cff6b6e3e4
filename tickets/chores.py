"""Chores: what follows from a setting and takes its time. Each kind does some of it and says how much that was.

A chore that was interrupted goes on where it stopped, because what is left is found by looking, never remembered.
"""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core.work import run_leased, wake
from tickets.actions.routing import assign, make_responsible, unlock
from tickets.actions.tagging import exchange_tag
from tickets.events import Cause
from tickets.fieldindex import keep_index
from tickets.models import Chore, FieldDefinition, Ticket
from tickets.rights import rights_of

BATCH = 50
# Seconds of work at a time, well below the limit of a task; what is left waits for the next sweep.
BUDGET = 20.0
PAUSE = timedelta(seconds=1)
# An index of a large table takes minutes, and nobody else may begin it meanwhile.
LEASE = timedelta(minutes=15)


def start_chore(kind: Chore.Kind, data: Mapping[str, Any], *, by: User) -> Chore:
    chore = Chore.objects.create(kind=kind, data=dict(data), by=by)
    wake(chore)
    return chore


def run_chore(pk: int) -> bool:
    return run_leased(Chore, pk, _run, lease=LEASE)


def _run(chore: Chore) -> None:
    """In the order in which they were asked for: of two tags that become each other, neither would ever be finished."""
    if Chore.objects.unfinished().filter(kind=chore.kind, pk__lt=chore.pk).exists():
        _go_on_later(chore)
        return
    act, until = _KINDS[Chore.Kind(chore.kind)], time.monotonic() + BUDGET
    while done := act(chore):
        chore.done += done
        chore.save(update_fields=["done"])
        if time.monotonic() > until:
            _go_on_later(chore)
            return


def _go_on_later(chore: Chore) -> None:
    chore.due_at, chore.attempts = timezone.now() + PAUSE, 0


def _exchange_tag(chore: Chore) -> int:
    tag, other = chore.data["tag"], chore.data["other"]
    tickets = list(Ticket.objects.filter(tags__contains=[tag])[:BATCH])
    for ticket in tickets:
        exchange_tag(ticket, tag, other, by=chore.by, cause=_cause(chore))
    return len(tickets)


def _hand_over(chore: Chore) -> int:
    """Open tickets of somebody who leaves: to the other one where they may see them, else to nobody."""
    person, cause = chore.data["person"], _cause(chore)
    other = User.objects.agents().filter(pk=chore.data["other"]).first() if chore.data["other"] else None
    mine = Q(owner=person) | Q(responsible=person)
    tickets = list(Ticket.objects.open().filter(mine).select_related("state")[:BATCH])
    for ticket in tickets:
        heir = other if other and rights_of(other).covers(ticket.queue_id, "read") else None
        if ticket.owner_id == person:
            assign(ticket, heir, by=chore.by, cause=cause)
            unlock(ticket, by=chore.by, cause=cause)
        if ticket.responsible_id == person:
            make_responsible(ticket, heir, by=chore.by, cause=cause)
    return len(tickets)


def _keep_index(chore: Chore) -> int:
    keep_index(FieldDefinition.objects.get(pk=chore.data["field"]))
    return 0


def _cause(chore: Chore) -> Cause:
    return Cause("setup", reference=f"chore {chore.pk}")


_KINDS: Mapping[Chore.Kind, Callable[[Chore], int]] = {
    Chore.Kind.TAG: _exchange_tag,
    Chore.Kind.HANDOVER: _hand_over,
    Chore.Kind.INDEX: _keep_index,
}
