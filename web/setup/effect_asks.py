"""How what an effect asks for (automation/effects.py) is entered: one entry of `KINDS` for each kind of question.

A kind that is not listed is a line of text. A field takes what stands in an effect as its initial value, and its
cleaned value is what is stored again.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role, User
from automation.answers import MAX_TEXT, chosen_states, span
from automation.effects import Ask
from automation.models import Endpoint
from core.liquid import TemplateError, in_words, render
from core.text import clean_line, normalise_address
from processes.models import Process
from tickets import options
from tickets.models import FieldDefinition, Priority, Queue, ReplyTemplate, StateType, TicketType
from tickets.wordings import PLACEHOLDERS, examples
from web.common.custom_fields import form_field
from web.common.placeholders import Group, groups

Choice = tuple[str, str | Promise]
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
MOST_TAGS = 20


class Offered:
    """What can be chosen on one page, each list fetched once, however many effects ask for it."""

    def __init__(self) -> None:
        self._lists: dict[str, list[Choice]] = {}

    def choices(self, kind: str) -> list[Choice]:
        if kind not in self._lists:
            self._lists[kind] = list(LISTS[kind]())
        return self._lists[kind]

    @cached_property
    def placeholders(self) -> list[Group]:
        return groups(PLACEHOLDERS)

    @cached_property
    def definitions(self) -> Mapping[str, FieldDefinition]:
        return {one.key: one for one in FieldDefinition.objects.filter(is_active=True)}


def _named(rows: Iterable[Any]) -> list[Choice]:
    return [(str(row.pk), _(row.name)) for row in rows]


# Choices by the kind of question; the values are ids. Add yours here.
LISTS: Mapping[str, Callable[[], Iterable[Choice]]] = {
    "queue": lambda: [(str(row.pk), row.place) for row in Queue.objects.active().order_by("path")],
    "agent": lambda: [
        (str(pk), name) for pk, name in User.objects.agents().order_by("name", "pk").values_list("pk", "name")
    ],
    "role": lambda: list(Role.objects.order_by("group__name").values_list("pk", "group__name")),
    "state": lambda: _named(chosen_states()),
    "closed_state": lambda: _named(chosen_states().filter(type=StateType.CLOSED)),
    "priority": lambda: _named(Priority.objects.active()),
    "type": lambda: _named(TicketType.objects.active()),
    "service": lambda: [(str(row.pk), row.place) for row in options.services()],
    "process": lambda: [(str(row.pk), row.shown_name) for row in Process.objects.active()],
    "endpoint": lambda: [(str(row.pk), row.name) for row in Endpoint.objects.filter(is_active=True)],
    "template": lambda: [(str(row.pk), row.name) for row in ReplyTemplate.objects.filter(is_active=True)],
}


def _row(ask: Ask, offered: Offered) -> forms.Field:
    """One row of a list; without one, what nobody or nothing is called."""
    nothing = _("Choose") if ask.required else _NOTHING.get(ask.kind, lambda: _("None"))()
    return forms.TypedChoiceField(
        choices=[("", nothing), *offered.choices(ask.kind)],
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": _("This is not there any more. Choose another one.")},
    )


_NOTHING: Mapping[str, Callable[[], str]] = {
    "agent": lambda: _("Nobody"),
    "queue": lambda: _("No queue"),
}


def _choice(ask: Ask, _offered: Offered) -> forms.Field:
    """The chosen key keeps its kind, be it a number or a text."""
    keys = {str(key): key for key, _label in ask.choices}
    nothing = _("Choose") if ask.required else _("None")
    return forms.TypedChoiceField(choices=[("", nothing), *ask.choices], coerce=lambda text: keys.get(text, text))


def _line(_ask: Ask, _offered: Offered) -> forms.Field:
    return forms.CharField(max_length=400, widget=forms.TextInput(attrs=PLAIN))


def _text(_ask: Ask, _offered: Offered) -> forms.Field:
    return forms.CharField(max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))


def _flag(_ask: Ask, _offered: Offered) -> forms.Field:
    return forms.BooleanField()


def _number(_ask: Ask, _offered: Offered) -> forms.Field:
    return forms.IntegerField(min_value=0, max_value=1_000_000)


class SpanField(forms.CharField):
    """A length of time: "30m", "4h", "2d"."""

    widget = forms.TextInput(attrs={**PLAIN, "placeholder": "2d"})

    def clean(self, value: Any) -> str:
        text = super().clean(value).replace(" ", "").lower()
        if text:
            span(text)
        return text


def _span(_ask: Ask, _offered: Offered) -> forms.Field:
    return SpanField(max_length=20)


class PersonField(forms.CharField):
    """Anybody, by email address; there are too many to choose from. The id in the effect."""

    widget = forms.TextInput(attrs={**PLAIN, "inputmode": "email", "placeholder": "dana@acme.example"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return User.objects.filter(pk=value).values_list("email", flat=True).first() or ""

    def clean(self, value: Any) -> int | None:
        text = normalise_address(super().clean(value))
        if not text:
            return None
        found = User.objects.filter(email=text) | User.objects.filter(addresses__address=text)
        person = found.filter(is_active=True).first()
        if person is None:
            raise ValidationError(_("Nobody has this address."))
        return person.pk


def _person(_ask: Ask, _offered: Offered) -> forms.Field:
    return PersonField(max_length=254)


class LiquidField(forms.CharField):
    """A text with placeholders; one that could not be filled in would fail in front of a customer."""

    widget = forms.Textarea(attrs={"rows": 5, "dir": "auto"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            render(text, examples())
        except TemplateError as error:
            raise ValidationError(in_words(error)) from error
        return text


def _liquid(_ask: Ask, offered: Offered) -> forms.Field:
    field = LiquidField(max_length=MAX_TEXT)
    field.placeholders = offered.placeholders
    return field


class TagsField(forms.CharField):
    """Tags with commas between them; a list in the effect."""

    widget = forms.TextInput(attrs=PLAIN)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        found = dict.fromkeys(tag for part in text.split(",") if (tag := clean_line(part, 50)))
        if len(found) > MOST_TAGS:
            raise ValidationError(_("That is too many."))
        if self.required and not found:
            raise ValidationError(self.error_messages["required"], code="required")
        return list(found)


def _tags(_ask: Ask, _offered: Offered) -> forms.Field:
    return TagsField(max_length=1_000)


Maker = Callable[[Ask, Offered], forms.Field]
# How each kind of question is asked. Add yours here, or to LISTS when a row of a list is chosen.
KINDS: Mapping[str, Maker] = {
    **dict.fromkeys(LISTS, _row),
    "choice": _choice,
    "flag": _flag,
    "number": _number,
    "span": _span,
    "person": _person,
    "line": _line,
    "text": _text,
    "liquid": _liquid,
    "tags": _tags,
}


class AskForm(forms.Form):
    """What one effect asks for. Custom fields are asked for in two fields: which one, and its value."""

    def __init__(self, asks: Iterable[Ask], offered: Offered, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.asks = list(asks)
        for ask in self.asks:
            if ask.kind == "fields":
                self._ask_for_field(ask, offered)
                continue
            field = KINDS.get(ask.kind, _line)(ask, offered)
            field.label, field.help_text = ask.label, ask.hint
            field.required = ask.required and ask.kind != "flag"
            self.fields[ask.name] = field
        for name, field in self.fields.items():
            self._keep_what_is_gone(name)
            field.takes_focus, field.says_optional = False, not field.required and not name.endswith("_value")

    def blame(self, ask: str | None, message: str) -> bool:
        """Put the error at the field of this question; false where there is none."""
        name = next((name for name in (ask, f"{ask}_key") if name in self.fields), None)
        if name is not None:
            self.add_error(name, message)
        return name is not None

    @property
    def hides_labels(self) -> bool:
        """One question needs no label beside what the effect is called."""
        return len(self.fields) == 1

    @property
    def values(self) -> dict[str, Any]:
        """As the effect stores them; only of a valid form. What was left empty is left out."""
        found: dict[str, Any] = {}
        for ask in self.asks:
            if ask.kind == "fields":
                key, value = self.cleaned_data[f"{ask.name}_key"], self.cleaned_data.get(f"{ask.name}_value")
                found[ask.name] = {key: value.isoformat() if hasattr(value, "isoformat") else value}
                continue
            value = self.cleaned_data[ask.name]
            if ask.required or value not in ("", [], False) or ask.kind in LISTS:
                found[ask.name] = value
        return found

    def typed(self) -> dict[str, Any]:
        """As it stands in the form, unchecked."""
        if not self.is_bound:
            return {ask.name: self.initial[ask.name] for ask in self.asks if ask.name in self.initial}
        return {ask.name: self._typed_field(ask) if ask.kind == "fields" else self._raw(ask.name) for ask in self.asks}

    def _raw(self, name: str) -> Any:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _typed_field(self, ask: Ask) -> dict[str, Any]:
        """The value that was typed for another field is dropped where it does not fit."""
        key, name = self._raw(f"{ask.name}_key"), f"{ask.name}_value"
        value = self._raw(name) if name in self.fields else None
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            known = {str(choice) for choice, _label in field.choices}
            value = (
                [one for one in value if one in known] if isinstance(value, list) else value if value in known else ""
            )
        return {key: value} if key else {}

    def _ask_for_field(self, ask: Ask, offered: Offered) -> None:
        stored = self.initial.get(ask.name)
        if isinstance(stored, Mapping) and stored:
            key, value = next(iter(stored.items()))
            self.initial |= {f"{ask.name}_key": key, f"{ask.name}_value": value}
        choices = [(key, one.shown_label) for key, one in offered.definitions.items()]
        chosen = forms.ChoiceField(label=ask.label, choices=[("", _("Choose")), *choices])
        chosen.redraws = True  # the control of the value depends on it
        self.fields[f"{ask.name}_key"] = chosen
        name = self.add_prefix(f"{ask.name}_key")
        key = str(self.data.get(name, "") if self.is_bound else self.initial.get(f"{ask.name}_key") or "")
        if definition := offered.definitions.get(key):
            field = form_field(definition)
            field.label, field.required, field.help_text = pgettext("of a field", "Value"), False, ""
            self.fields[f"{ask.name}_value"] = field

    def _keep_what_is_gone(self, name: str) -> None:
        """A stored row that is not offered any more stays chosen, so that nothing else is chosen silently."""
        field, value = self.fields[name], self.initial.get(name)
        if self.is_bound or not isinstance(field, forms.ChoiceField) or isinstance(field, forms.MultipleChoiceField):
            return
        if value not in (None, "") and str(value) not in {str(known) for known, _label in field.choices}:
            field.choices = [*field.choices, (value, _("Something that is not there any more"))]
