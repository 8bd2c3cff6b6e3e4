"""The form of a macro, but for its effects (web/setup/effects_editor.py)."""

from operator import attrgetter
from typing import Any

from django.contrib.auth.models import Group
from django.forms import CheckboxSelectMultiple, ChoiceField, ModelForm, RadioSelect
from django.utils.translation import gettext_lazy as _

from automation.models import Macro
from core.text import clean_line
from tickets.models import Queue


class MacroForm(ModelForm):
    key = ChoiceField(
        label=_("Key"),
        choices=[("", _("None")), *((digit, digit) for digit in "1234567890")],
        required=False,
        help_text=_("Runs it at once, on the page of a ticket and in lists."),
    )

    class Meta:
        model = Macro
        fields = ("name", "on_ticket", "in_lists", "key", "then", "roles", "queues")
        labels = {
            "name": _("Name"),
            "on_ticket": _("On the page of a ticket"),
            "in_lists": _("In lists, for the selected tickets"),
            "then": _("Afterwards, on the page of a ticket"),
            "roles": _("Only for these roles"),
            "queues": _("Only in these queues"),
        }
        help_texts = {
            "roles": _("Without a choice, for everybody."),
            "queues": _("And in the queues below them. Without a choice, in all queues."),
        }
        widgets = {"then": RadioSelect, "roles": CheckboxSelectMultiple, "queues": CheckboxSelectMultiple}
        error_messages = {
            "name": {"unique": _("There is already a macro with this name.")},
            "key": {"unique": _("Another macro has this key.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        chosen = self.instance.queues.all() if self.instance.pk else Queue.objects.none()
        self.fields["queues"].queryset = (Queue.objects.active() | Queue.objects.filter(pk__in=chosen)).order_by("path")
        self.fields["queues"].label_from_instance = attrgetter("place")
        self.fields["roles"].queryset = Group.objects.order_by("name")

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if key and Macro.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            self.add_error("key", str(self.Meta.error_messages["key"]["unique"]))
        return key
