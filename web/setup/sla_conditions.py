"""What conditions of SLAs may ask for, and how many open tickets fit one now."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.counting import capped, counts
from sla.configuring import NOT_IN_CONDITIONS
from sla.fitting import fitting
from sla.models import Policy
from tickets.comparisons import Field
from tickets.conditions import ConditionError
from web.common.builder import Group, Unreadable, condition_of, leaves
from web.common.choices import Choice
from web.setup.admin_choices import AdminChoices


class SlaChoices(AdminChoices):
    """Without fields that clocks change themselves."""

    @cached_property
    def known(self) -> Mapping[str, Field]:
        return {name: field for name, field in super().known.items() if name not in NOT_IN_CONDITIONS}

    @cached_property
    def fields(self) -> list[Choice]:
        return [(name, label) for name, label in super().fields if name in self.known]


@dataclass(frozen=True)
class FittingNow:
    """How many open tickets would have an SLA, and how many fit it and have another one; counted no further than
    others, as words."""

    getting: str
    taken: str = ""


def fitting_now(policy: Policy, group: Group, choices: SlaChoices) -> FittingNow | None:
    """None while the rows are not complete."""
    try:
        found = fitting(policy, condition_of(choices.settle(group), choices.known))
    except Unreadable:
        for leaf in leaves(group):
            leaf.error = ""
        return None
    except ConditionError:
        return None
    numbers = counts(getting=found.getting, taken=found.taken)
    taken = capped(numbers["taken"])["number"] if numbers["taken"] else ""
    return FittingNow(capped(numbers["getting"])["number"], taken)


def condition_in(group: Group, choices: SlaChoices) -> Mapping[str, Any]:
    """Raises `Unreadable`, with the reasons at the rows."""
    return condition_of(choices.settle(group), choices.known)
