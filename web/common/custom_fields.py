"""Custom fields as form fields: which control each kind is, and the way back to the values the verbs take."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tickets.models import FieldDefinition
from tickets.models.field import FieldKind

PREFIX = "field_"


def add_fields(
    form: forms.Form, definitions: Iterable[FieldDefinition], *, values: dict[str, Any] | None = None
) -> None:
    """Give `form` a field named `field_KEY` for each definition."""
    for definition in definitions:
        field = form_field(definition)
        field.initial = (values or {}).get(definition.key)
        form.fields[f"{PREFIX}{definition.key}"] = field


def values_of(form: forms.Form) -> dict[str, Any]:
    """What was entered, by key, as `tickets.customfields.checked` takes it."""
    return {
        name.removeprefix(PREFIX): _plain(value) for name, value in form.cleaned_data.items() if name.startswith(PREFIX)
    }


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Messages that a verb has raised per key, at their fields."""
    for key, messages in error.message_dict.items():
        name = f"{PREFIX}{key}"
        form.add_error(name if name in form.fields else None, messages)


def bound_fields(form: forms.Form) -> list[forms.BoundField]:
    return [form[name] for name in form.fields if name.startswith(PREFIX)]


def form_field(definition: FieldDefinition) -> forms.Field:
    """The control of this field."""
    common = {
        "label": definition.shown_label,
        "help_text": definition.help_text,
        "required": definition.is_required,
    }
    return _KINDS[FieldKind(definition.kind)](definition, common)


def _text(_definition: FieldDefinition, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=1000, **common)


def _number(_definition: FieldDefinition, common: dict[str, Any]) -> forms.Field:
    # as text, so that the comma of the reader's language can be typed
    return forms.DecimalField(localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)


def _checkbox(_definition: FieldDefinition, common: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**common)


def _dropdown(definition: FieldDefinition, common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", _("Choose")), *_choices(definition)], **common)


def _multiselect(definition: FieldDefinition, common: dict[str, Any]) -> forms.Field:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(choices=_choices(definition), widget=widget, **common)


def _date(_definition: FieldDefinition, common: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **common)


def _choices(definition: FieldDefinition) -> list[tuple[str, str]]:
    return [(option, option) for option in definition.options]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


_KINDS = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.DROPDOWN: _dropdown,
    FieldKind.MULTISELECT: _multiselect,
    FieldKind.DATE: _date,
}
