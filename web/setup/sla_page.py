"""Everything on the page of an SLA that can be typed: its form, its condition, its targets."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from sla.models import Kind, Policy, Target
from web.common.builder import Group, Unreadable, edited, leaves, posted, rows_of
from web.common.choices import spelt_out
from web.setup.forms.problems import Problem, problems
from web.setup.forms.slas import PolicyForm
from web.setup.forms.targets import Days, TargetTable
from web.setup.sla_conditions import SlaChoices, condition_in

KINDS = [(kind.value, kind.label) for kind in Kind.of_policies()]
# What a new SLA begins with: everything fits.
EVERYTHING: Mapping[str, Any] = {"all": []}


class SlaPage:
    def __init__(self, form: PolicyForm, group: Group, table: TargetTable, choices: SlaChoices) -> None:
        self.form, self.group, self.table, self.choices = form, group, table, choices

    @classmethod
    def of(cls, policy: Policy, targets: list[Target], choices: SlaChoices) -> "SlaPage":
        days = Days()
        table = TargetTable.of(KINDS, targets, days, policy.calendar_id)
        return cls(PolicyForm(instance=policy, days=days), _rows(policy), table, choices)

    @classmethod
    def typed(cls, policy: Policy, targets: list[Target], data: QueryDict, choices: SlaChoices) -> "SlaPage":
        """As it stands in the form, unchecked."""
        several = ("pause_states",)
        values = {
            name: data.getlist(name) if name in several else data.get(name, "") for name in PolicyForm.base_fields
        }
        form = PolicyForm(instance=policy, initial=values, days=Days())
        return cls(form, posted(data), _table(form, targets, data), choices)

    @classmethod
    def sent(cls, policy: Policy, targets: list[Target], data: QueryDict, choices: SlaChoices) -> "SlaPage":
        form = PolicyForm(data, instance=policy, days=Days())
        return cls(form, posted(data), _table(form, targets, data), choices)

    def edit(self, text: str) -> None:
        """A row of the condition more or less."""
        self.group = edited(self.group, text)

    @property
    def policy(self) -> Policy:
        return self.form.instance

    def is_valid(self) -> bool:
        """Puts the condition into the policy, too."""
        valid = [self.form.is_valid(), self.table.is_valid(), self._read_condition()]
        return all(valid)

    def targets(self) -> list[Target]:
        return [
            Target(kind=kind, priority=row.priority, seconds=cell.seconds, calendar=self.table.calendar_of(cell))
            for kind, row, cell in self.table.values()
        ]

    def problems(self) -> list[Problem]:
        wrong = [Problem(leaf.error, f"field-{leaf.path}") for leaf in leaves(self.group) if leaf.error]
        return [*problems(self.form), *wrong, *self.table.problems()]

    def drawn_condition(self) -> dict[str, Any]:
        return self.choices.drawn(self.choices.settle(self.group))

    def _read_condition(self) -> bool:
        if not self.form.is_matching:
            self.policy.condition = None
            return True
        try:
            self.policy.condition = dict(condition_in(self.group, self.choices))
        except Unreadable:
            return False
        return True


def _table(form: PolicyForm, targets: list[Target], data: QueryDict) -> TargetTable:
    named = {target.priority_id for target in targets}
    return TargetTable.posted(KINDS, data, named, form.days, form.calendar_id)


def _rows(policy: Policy) -> Group:
    return rows_of(spelt_out(policy.condition if policy.condition is not None else EVERYTHING))
