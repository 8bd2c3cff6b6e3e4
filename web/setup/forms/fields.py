"""The form of a custom field. Key and kind are chosen once, because stored values depend on them."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.forms import BoundField, CharField, CheckboxSelectMultiple, ModelForm, Textarea
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.text import clean_line
from tickets.models import FieldDefinition, Queue, TicketType
from tickets.models.field import FieldKind

WITH_CHOICES = (FieldKind.DROPDOWN, FieldKind.MULTISELECT)
MAX_CHOICES = 500


class FieldForm(ModelForm):
    choices = CharField(
        label=_("Choices"),
        required=False,
        max_length=50_000,
        widget=Textarea(attrs={"rows": 6}),
        help_text=_("One per line, in the order in which they are offered. Only for lists."),
    )

    class Meta:
        model = FieldDefinition
        fields = (
            *("label", "key", "kind", "choices", "help_text", "queues", "types", "is_required", "to_close"),
            *("in_portal", "is_searchable", "position", "is_active"),
        )
        widgets = {"queues": CheckboxSelectMultiple, "types": CheckboxSelectMultiple}
        labels = {
            "label": _("Label"),
            "key": _("Key"),
            "kind": _("Kind"),
            "help_text": _("Hint"),
            "queues": _("Only in these queues"),
            "types": _("Only for these types"),
            "is_required": _("Required for a new ticket"),
            "to_close": _("Required to close a ticket"),
            "is_searchable": _("Searched often"),
            "in_portal": _("Customers see it"),
            "position": _("Position"),
            "is_active": _("Active"),
        }
        help_texts = {
            "key": _("Small letters, digits and underscores. It cannot be changed later."),
            "kind": _("It cannot be changed later."),
            "help_text": _("Shown below the field."),
            "label": _("For readers whose language has no label of its own below."),
            "queues": _("And in the queues below them. Without a choice, in all queues."),
            "types": _("Without a choice, for all types."),
            "is_required": _("A ticket cannot be opened without it."),
            "to_close": _("Whoever closes a ticket is asked for it."),
            "is_searchable": _(
                "An index keeps searches for ranges and empty values quick. It is made in the background."
            ),
            "in_portal": _("They fill it in when they write a request."),
            "position": _("Fields with smaller numbers come first."),
            "is_active": _("An inactive field keeps its values but is not shown."),
        }
        error_messages = {"key": {"unique": _("There is already a field with this key.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["choices"] = "\n".join(str(option) for option in self.instance.options)
        self.fields["kind"].choices = [("", _("Choose")), *FieldKind.choices]
        self.fields["queues"].queryset = Queue.objects.order_by("path")
        self.fields["queues"].label_from_instance = attrgetter("place")
        self.fields["types"].queryset = TicketType.objects.all()
        self.fields["types"].label_from_instance = lambda row: gettext(row.name)
        for code, name in settings.LANGUAGES:
            initial = self.instance.labels.get(code, "")
            label = _("Label in %(language)s") % {"language": gettext(name)}
            self.fields[f"label_{code}"] = CharField(label=label, max_length=100, required=False, initial=initial)
        if self.instance.pk:
            for name in ("key", "kind"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Chosen when the field was made.")

    def other_labels(self) -> Iterable[BoundField]:
        return [self[f"label_{code}"] for code, _name in settings.LANGUAGES]

    def removed_choices(self) -> list[str]:
        """Choices that the saved field has and this form leaves out."""
        return [option for option in self.initial["choices"].splitlines() if option not in self.cleaned_data["choices"]]

    def clean_choices(self) -> list[str]:
        lines = (clean_line(line, 200) for line in self.cleaned_data["choices"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        choices = cleaned.get("choices", [])
        if cleaned.get("kind") not in WITH_CHOICES:
            cleaned["choices"] = []
        elif not choices:
            self.add_error("choices", _("Write at least one choice."))
        elif len(choices) > MAX_CHOICES:
            self.add_error("choices", _("That is too many choices for one list."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if "choices" in self.cleaned_data:
            self.instance.options = self.cleaned_data["choices"]
        labels = {
            code: clean_line(self.cleaned_data.get(f"label_{code}", ""), 100) for code, _name in settings.LANGUAGES
        }
        self.instance.labels = {code: label for code, label in labels.items() if label}
