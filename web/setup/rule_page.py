"""Everything on the page of a rule that can be typed: its form, what sets it off, its condition, its effects."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from automation.models import Rule
from web.common.builder import Group, Leaf, Unreadable, condition_of, edited, leaves, posted, rows_of
from web.common.choices import spelt_out
from web.setup.effect_asks import Offered
from web.setup.effects_editor import EffectsEditor
from web.setup.forms.problems import Problem, problems
from web.setup.forms.rules import RuleForm
from web.setup.happenings_menu import Entry, MenuGroup, entries, menu_without
from web.setup.rule_conditions import RuleChoices
from web.setup.rule_words import Told, told_of

MOST_HAPPENINGS = 60


class RulePage:
    def __init__(
        self, form: RuleForm, names: list[str], group: Group, editor: EffectsEditor, choices: RuleChoices
    ) -> None:
        self.form, self.names, self.group, self.editor, self.choices = form, names, group, editor, choices
        self.happenings_error = ""
        self.focus_on_happenings = False

    @classmethod
    def of(cls, rule: Rule, choices: RuleChoices, *, queues: list[int] | None = None) -> "RulePage":
        """`queues` are those of a rule that is not saved yet."""
        group = rows_of(spelt_out(rule.condition or {"all": []}))
        form = RuleForm(instance=rule, initial=None if queues is None else {"queues": queues})
        return cls(form, list(rule.events), group, EffectsEditor.of(rule.effects, Offered()), choices)

    @classmethod
    def typed(cls, rule: Rule, data: QueryDict, choices: RuleChoices) -> "RulePage":
        """As it stands in the form, unchecked, with what the pressed button asks for."""
        values = {name: data.getlist(name) if name == "queues" else data.get(name, "") for name in RuleForm.base_fields}
        group = edited(posted(data), data.get("edit", ""))
        editor = EffectsEditor.typed(data, Offered())
        shown = cls(RuleForm(instance=rule, initial=values), _names(data), group, editor, choices)
        shown._edit_happenings(data.get("events-edit", ""))
        return shown

    @classmethod
    def sent(cls, rule: Rule, data: QueryDict, choices: RuleChoices) -> "RulePage":
        editor = EffectsEditor.sent(data, Offered())
        return cls(RuleForm(data, instance=rule), _names(data), posted(data), editor, choices)

    @property
    def rule(self) -> Rule:
        return self.form.instance

    @property
    def happenings(self) -> list[Entry]:
        return entries(self.names)

    @property
    def happenings_menu(self) -> list[MenuGroup]:
        return menu_without(self.names)

    @property
    def has_queues(self) -> bool:
        return bool(self.form["queues"].value())

    def is_valid(self) -> bool:
        """Puts what was read into the rule, too."""
        valid = [self.form.is_valid(), self._read_happenings(), self._read_condition(), self.editor.is_valid()]
        if not all(valid):
            return False
        self.rule.effects = self.editor.effects
        return True

    def problems(self) -> list[Problem]:
        wrong = [Problem(self.happenings_error, "happenings")] if self.happenings_error else []
        wrong += [Problem(leaf.error, f"field-{leaf.path}") for leaf in leaves(self.group) if leaf.error]
        return [*problems(self.form), *wrong, *self.editor.problems()]

    def drawn_condition(self) -> dict[str, Any]:
        return self.choices.drawn(self.choices.settle(self.group))

    def told(self) -> Told:
        """The sentence, as far as what it says is complete."""
        return told_of(self.names, self.queue_ids(), self._complete_condition(), self.editor.told, self.choices)

    def queue_ids(self) -> list[int]:
        values = (getattr(value, "pk", value) for value in self.form["queues"].value() or ())
        return [int(value) for value in values if str(value).isdecimal() and len(str(value)) < 19]

    def _edit_happenings(self, text: str) -> None:
        what, _blank, name = text.partition(" ")
        if what == "add" and name not in self.names:
            self.names.append(name)
        elif what == "drop":
            self.names = [one for one in self.names if one != name]
        self.focus_on_happenings = what in ("add", "drop")

    def _read_happenings(self) -> bool:
        if not self.names:
            self.happenings_error = _("Choose at least one event.")
        elif len(entries(self.names)) < len(self.names):
            self.happenings_error = _("One of these events is not there any more. Remove it.")
        self.rule.events = self.names
        return not self.happenings_error

    def _read_condition(self) -> bool:
        try:
            condition = condition_of(self.choices.settle(self.group), self.choices.known)
        except Unreadable:
            return False
        self.rule.condition = dict(condition) if self.group.parts else {}
        return True

    def _complete_condition(self) -> Any:
        """Without rows that say nothing yet."""
        group = _without_empty(self.choices.settle(self.group))
        if not group.parts:
            return {}
        marked = {leaf.path: leaf.error for leaf in leaves(self.group)}
        try:
            return dict(condition_of(group, self.choices.known))
        except Unreadable:
            return {}
        finally:
            for leaf in leaves(self.group):
                leaf.error = marked[leaf.path]


def _names(data: QueryDict) -> list[str]:
    return list(dict.fromkeys(name[:40] for name in data.getlist("events")[:MOST_HAPPENINGS]))


def _without_empty(group: Group) -> Group:
    """Rows in which nothing has been chosen or written yet are left out."""
    kept: list[Leaf | Group] = []
    for part in group.parts:
        if isinstance(part, Group):
            within = _without_empty(part)
            if within.parts:
                kept.append(within)
        elif part.field and (part.plain_operator == "empty" or any(value.strip() for value in part.values)):
            kept.append(part)
    return Group(group.kind, kept, group.path)
