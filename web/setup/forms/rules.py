"""The form of a rule, but for what sets it off, its condition and its effects (web/setup/rule_page.py)."""

from operator import attrgetter
from typing import Any

from django.forms import CheckboxSelectMultiple, ModelForm
from django.utils.translation import gettext_lazy as _

from automation.models import Rule
from core.text import clean_line
from tickets.models import Queue


class RuleForm(ModelForm):
    class Meta:
        model = Rule
        fields = ("name", "description", "queues", "stops", "once_per_ticket")
        labels = {
            "name": _("Name"),
            "description": _("What it is for"),
            "queues": _("Only in these queues"),
            "stops": _("No rule below is asked any more when this one fits"),
            "once_per_ticket": _("Only once for each ticket"),
        }
        help_texts = {
            "queues": _("And in the queues below them. Without a choice, in all queues."),
            "once_per_ticket": _("However often it would fit again later."),
        }
        widgets = {"queues": CheckboxSelectMultiple}
        error_messages = {"name": {"unique": _("There is already a rule with this name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        chosen = self.instance.queues.all() if self.instance.pk else Queue.objects.none()
        self.fields["queues"].queryset = (Queue.objects.active() | Queue.objects.filter(pk__in=chosen)).order_by("path")
        self.fields["queues"].label_from_instance = attrgetter("place")

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def clean_description(self) -> str:
        return clean_line(self.cleaned_data["description"], 300)
