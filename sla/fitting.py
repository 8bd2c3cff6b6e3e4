"""Which open tickets an SLA would have now, and which only fit it. For who sets it up; clocks ask sla/terms.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from sla.models import Policy, TicketTargets
from tickets.conditions import ConditionError, to_q, viewer
from tickets.models import Ticket
from tickets.queries import TicketQuerySet


@dataclass(frozen=True)
class Fitting:
    """Open tickets that fit the condition: `getting` would have the SLA, `taken` have another one, because that stands
    further up or because a person chose it."""

    getting: TicketQuerySet
    taken: TicketQuerySet


def fitting(policy: Policy, condition: Mapping[str, Any]) -> Fitting:
    """Had the SLA, saved or not, this condition at its place. Raises `ConditionError` when it cannot be read."""
    nobody = viewer(None)
    chosen = TicketTargets.objects.filter(ticket=OuterRef("pk"), is_chosen=True)
    chosen = chosen.filter(Q(policy=None) | Q(policy__is_active=True)).exclude(policy__isnull=False, policy=policy.pk)
    others = Q(Exists(chosen))
    for row in _further_up(policy):
        try:
            others |= to_q(row.condition or {}, nobody)
        except ConditionError:  # it holds for no ticket
            continue
    fits = Ticket.objects.open().filter(to_q(condition, nobody))
    fits = fits.annotate(is_taken=Case(When(others, then=Value(1)), default=Value(0)))
    return Fitting(fits.filter(is_taken=0), fits.filter(is_taken=1))


def _further_up(policy: Policy) -> list[Policy]:
    """Those that are asked before it."""
    rows = Policy.objects.active().filter(condition__isnull=False).exclude(pk=policy.pk)
    before = Q(position__lt=policy.position) | Q(position=policy.position, name__lt=policy.name)
    return list(rows.filter(before))
