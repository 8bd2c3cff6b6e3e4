"""The fields of service levels that conditions may name (settings.CONDITION_FIELDS)."""

from sla.models import Policy, TicketTargets
from tickets.conditions import Field
from tickets.models import Ticket


def _policy(ticket: Ticket) -> Policy | None:
    targets = TicketTargets.objects.select_related("policy").filter(ticket=ticket).first()
    return targets.policy if targets else None


SLA_FIELDS = {
    "sla": Field("targets__policy", "row", _policy),
}
