"""The form of a step of a process (processes/forms.py) as fields of a page, for desk and portal alike."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from processes import forms as stepforms
from tickets.customfields import canonical
from tickets.models import FieldDefinition, Ticket
from tickets.serviceforms import in_words
from web.common.custom_fields import PREFIX, add_errors, bound_fields, form_field


class TaskForm(forms.Form):
    """Only the fields that follow from the answers so far. `typed` is what was typed, to be drawn again: nothing of it
    is wrong yet."""

    def __init__(
        self, form: stepforms.Form, ticket: Ticket, data: QueryDict | None = None, *, typed: QueryDict | None = None
    ) -> None:
        super().__init__(data, label_suffix="", auto_id="task-%s")
        self.step, self.ticket = form, ticket
        self.answers = self._answers(data if data is not None else typed)
        self.shown: list[tuple[str, str]] = []
        for entry in stepforms.asked(form, self.answers, ticket):
            if entry.readonly:
                self.shown.append((entry.label, in_words(entry.field, ticket.custom_fields.get(entry.key))))
                continue
            field = _field(entry)
            field.initial = self.answers.get(entry.key)
            self.fields[f"{PREFIX}{entry.key}"] = field
        if typed is not None:
            for name, field in self.fields.items():
                self.initial[name] = field.widget.value_from_datadict(typed, {}, name)

    @property
    def asked(self) -> list[tuple[forms.BoundField, bool]]:
        """Each field, and whether others follow from it."""
        return [(bound, bound.name.removeprefix(PREFIX) in self.step.deciding) for bound in bound_fields(self)]

    @property
    def deciding(self) -> bool:
        return bool(self.step.deciding)

    def blame(self, error: ValidationError) -> None:
        """What a verb has refused, at its fields."""
        if hasattr(error, "error_dict"):
            add_errors(self, error)
        else:
            self.add_error(None, error)

    def sent(self) -> dict[str, Any]:
        """The answers to what is asked, as the verbs take them."""
        keys = {name.removeprefix(PREFIX) for name in self.fields}
        return {key: value for key, value in self.answers.items() if key in keys}

    def _answers(self, data: QueryDict | None) -> dict[str, Any]:
        entries = [entry for entry in self.step.entries if not entry.readonly]
        if data is None:
            return {entry.key: entry.value for entry in entries}
        return {entry.key: _answer(entry.field, _field(entry), data) for entry in entries}


def _field(entry: stepforms.Entry) -> forms.Field:
    field = form_field(entry.field)
    field.label, field.help_text, field.required = entry.label, entry.help, entry.required
    return field


def _answer(definition: FieldDefinition, field: forms.Field, data: Mapping[str, Any]) -> Any:
    """Canonical; what is wrong stays as it was typed, for the verb to refuse."""
    raw = field.widget.value_from_datadict(data, {}, f"{PREFIX}{definition.key}")
    field.required = False
    try:
        value = field.clean(raw)
        return canonical(definition, value.isoformat() if hasattr(value, "isoformat") else value)
    except ValidationError:
        return raw
