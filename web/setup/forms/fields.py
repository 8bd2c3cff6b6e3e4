"""The form of a custom field. Key and kind are chosen once, because stored values depend on them."""

from typing import Any

from django.forms import CharField, ModelForm, Textarea
from django.utils.translation import gettext_lazy as _

from core.text import clean_line
from tickets.models import FieldDefinition
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
        fields = ("label", "key", "kind", "choices", "help_text", "is_required", "in_portal", "position", "is_active")
        labels = {
            "label": _("Label"),
            "key": _("Key"),
            "kind": _("Kind"),
            "help_text": _("Hint"),
            "is_required": _("Required"),
            "in_portal": _("Customers see it"),
            "position": _("Position"),
            "is_active": _("Active"),
        }
        help_texts = {
            "key": _("Small letters, digits and underscores. It cannot be changed later."),
            "kind": _("It cannot be changed later."),
            "help_text": _("Shown below the field."),
            "is_required": _("A ticket cannot be opened without it."),
            "in_portal": _("They fill it in when they write a request."),
            "position": _("Fields with smaller numbers come first."),
            "is_active": _("An inactive field keeps its values but is not shown."),
        }
        error_messages = {"key": {"unique": _("There is already a field with this key.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["choices"] = "\n".join(str(option) for option in self.instance.options)
        self.fields["kind"].choices = [("", _("Choose")), *FieldKind.choices]
        if self.instance.pk:
            for name in ("key", "kind"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Chosen when the field was made.")

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
