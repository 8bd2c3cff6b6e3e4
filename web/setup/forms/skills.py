"""The forms of a skill, of which tickets need which skills, and of how much priorities weigh."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.forms import ChoiceField, Form, IntegerField, ModelForm, NumberInput, TypedChoiceField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from automation.candidates import weights
from automation.models import Skill, SkillRule
from automation.models.assignment import HIGHEST_LEVEL, LOWEST_LEVEL
from core.text import clean_line
from tickets.models import Priority

HEAVIEST = 100


class SkillForm(ModelForm):
    class Meta:
        model = Skill
        fields = ("name", "language", "is_active")
        labels = {"name": _("Name"), "language": _("It is the language"), "is_active": _("Active")}
        help_texts = {
            "language": _("Tickets in this language need it at level 1 anyway."),
            "is_active": _("An inactive skill is needed by no ticket."),
        }
        error_messages = {"name": {"unique": _("There is already a skill with this name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        choices = [("", gettext("No language")), *settings.LANGUAGES]
        self.fields["language"] = ChoiceField(
            label=self.fields["language"].label,
            help_text=self.fields["language"].help_text,
            choices=choices,
            required=False,
        )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 60)


class SkillRuleForm(ModelForm):
    """But for its condition (web/common/builder.py): one field for each skill, named "skill-" and its id."""

    class Meta:
        model = SkillRule
        fields = ("name", "is_active")
        labels = {"name": _("Name"), "is_active": _("Active")}
        help_texts = {"is_active": _("While it is inactive, it counts for no ticket.")}
        error_messages = {"name": {"unique": _("There is already a requirement with this name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        rule: SkillRule = kwargs["instance"]
        initial = {f"skill-{key}": level for key, level in rule.wants.items()}
        super().__init__(*args, label_suffix="", initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        skills = [skill for skill in Skill.objects.all() if skill.is_active or str(skill.pk) in rule.wants]
        self.skill_names = [f"skill-{skill.pk}" for skill in skills]
        for skill in skills:
            self.fields[f"skill-{skill.pk}"] = TypedChoiceField(
                label=skill.name,
                required=False,
                coerce=int,
                empty_value=0,
                choices=[("", gettext("Not needed")), *level_choices()],
            )

    @property
    def skills(self) -> list[Any]:
        return [self[name] for name in self.skill_names]

    @property
    def wants(self) -> Mapping[str, int]:
        """Only of a valid form."""
        found = {name.removeprefix("skill-"): self.cleaned_data.get(name) or 0 for name in self.skill_names}
        return {key: level for key, level in found.items() if level}

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)


class WeightsForm(Form):
    """One number per priority, named "priority-" and its id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        present = weights()
        for priority in Priority.objects.active():
            self.fields[f"priority-{priority.pk}"] = IntegerField(
                label=gettext(priority.name),
                min_value=0,
                max_value=HEAVIEST,
                initial=present.get(priority.pk, 1),
                widget=NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def weights(self) -> Mapping[int, int]:
        return {int(name.removeprefix("priority-")): value for name, value in self.cleaned_data.items()}


def level_choices() -> list[tuple[int, str]]:
    """A level is what somebody has at least."""
    levels = range(LOWEST_LEVEL, HIGHEST_LEVEL + 1)
    return [(level, gettext("Level %(level)s or more") % {"level": level}) for level in levels]
