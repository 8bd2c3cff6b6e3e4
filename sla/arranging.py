"""Calendars and SLAs among each other: their order, what uses them, taking away what nothing leans on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.audit import remove_audited
from accounts.models import User
from sla.configuring import save_policy
from sla.models import Calendar, Policy, QueueHours, Target


@dataclass
class Uses:
    """What names a calendar."""

    policies: list[Policy] = field(default_factory=list)
    queues: list[QueueHours] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.policies or self.queues)


def uses_of_calendars() -> Mapping[int, Uses]:
    """By the calendar's id, in three questions; calendars that nothing names are left out."""
    uses: dict[int, Uses] = {}
    policies = {policy.pk: policy for policy in Policy.objects.all()}
    by_policy = {(policy.calendar_id, policy.pk) for policy in policies.values() if policy.calendar_id}
    targets = Target.objects.filter(calendar__isnull=False).values_list("calendar_id", "policy_id").distinct()
    named = by_policy | set(targets)
    order = list(policies)
    for calendar, pk in sorted(named, key=lambda pair: order.index(pair[1])):
        uses.setdefault(calendar, Uses()).policies.append(policies[pk])
    for hours in QueueHours.objects.filter(calendar__isnull=False).select_related("queue").order_by("queue__path"):
        if hours.calendar_id:
            uses.setdefault(hours.calendar_id, Uses()).queues.append(hours)
    return uses


def move_policy(policy: Policy, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) in the order in which SLAs are asked; all get numbers without gaps."""
    with transaction.atomic():
        rows = list(Policy.objects.select_for_update(of=("self",)))
        old = rows.index(policy)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_policy(row, list(row.targets.all()), by=by)


def remove_calendar(calendar: Calendar, *, by: User) -> None:
    """Take a calendar away that nothing names and no clock has ever counted by. Raises `ValidationError` otherwise."""
    try:
        with transaction.atomic():
            calendar.versions.all().delete()
            remove_audited(calendar, by=by)
    except ProtectedError as error:
        raise ValidationError(_("Something counts by this calendar, or has counted by it.")) from error
