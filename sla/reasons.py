"""Why a ticket has the SLA it has."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import User
from sla.models import Policy
from sla.models.clock import TicketTargets
from sla.terms import current_setup, line_of, policy_by_condition
from tickets.models import Queue, Ticket


class Why(StrEnum):
    PERSON = "person"
    CONDITION = "condition"
    QUEUE = "queue"
    # No SLA is for it.
    NOTHING = "nothing"


@dataclass(frozen=True)
class Reason:
    """`policy` is None when there is none; `person` chose it, or it is that of `queue`."""

    policy: Policy | None
    why: Why
    person: User | None = None
    queue: Queue | None = None


def reason_for(ticket: Ticket) -> Reason:
    targets = TicketTargets.objects.select_related("policy").filter(ticket=ticket).first()
    if targets is not None and targets.is_chosen:
        return Reason(targets.policy, Why.PERSON, person=_who_chose(ticket))
    if targets is None or targets.policy is None:
        return Reason(None, Why.NOTHING)
    setup = current_setup()
    naming = [pk for pk in line_of(setup, ticket.queue_id) if pk in setup.queues and setup.queues[pk].row.policy_id]
    if naming and policy_by_condition(setup, ticket) != targets.policy_id:
        return Reason(targets.policy, Why.QUEUE, queue=Queue.objects.get(pk=naming[0]))
    return Reason(targets.policy, Why.CONDITION)


def _who_chose(ticket: Ticket) -> User | None:
    chosen = ticket.events.filter(kind="sla.changed", actor__system_key__isnull=True).select_related("actor")
    event = chosen.order_by("-id").first()
    return event.actor if event else None
