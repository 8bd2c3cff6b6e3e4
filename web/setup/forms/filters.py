"""The form of a mail filter: what it is called and does, its conditions and the fields it fills, as rows."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CharField, ChoiceField, Form, ModelForm, RadioSelect, TextInput
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import clean_line
from mail.filtering import PARTS, TESTS, Condition
from mail.filters import MAX_CONDITIONS, check_condition, save_filter
from mail.models import Filter
from tickets.models import FieldDefinition, Priority, Queue, TicketType
from web.setup.forms.problems import Problem, problems

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class FilterForm(ModelForm):
    tags = CharField(
        label=_("Tags"),
        required=False,
        max_length=400,
        help_text=_("With commas between them. {1} stands for what the first brackets of an expression have found."),
    )
    joins_by = ChoiceField(
        label=_("Joins the open ticket with the same value in"),
        required=False,
        help_text=_(
            "For numbers of other systems, such as [JIRA-123]: fill the field above with the number, and the next "
            "message of the same sender with that number joins its ticket."
        ),
    )

    class Meta:
        model = Filter
        fields = ("name", "is_active", "action", "queue", "priority", "type", "tags", "joins_by", "is_last")
        labels = {
            "name": _("Name"),
            "is_active": _("Active"),
            "action": _("What becomes of it"),
            "queue": _("Queue"),
            "priority": _("Priority"),
            "type": _("Type"),
            "is_last": _("No filter below is asked any more"),
        }
        help_texts = {
            "queue": _("Also for messages that are sent to an address of another queue."),
            "is_active": _("An inactive filter is not asked."),
        }
        widgets = {"action": RadioSelect}
        error_messages = {"name": {"unique": _("There is already a filter with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        one: Filter = kwargs["instance"]
        initial = {"tags": ", ".join(one.tags), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, label_suffix="", initial=initial, **kwargs)
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].empty_label = gettext("That of the address")
        for name, model in (("priority", Priority), ("type", TicketType)):
            self.fields[name].queryset = model.objects.active()
            self.fields[name].label_from_instance = lambda row: gettext(row.name)
            self.fields[name].empty_label = gettext("As usual")
        self.fields["joins_by"].choices = [("", gettext("No field")), *field_choices()]

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def clean_tags(self) -> list[str]:
        return [tag for part in self.cleaned_data["tags"].split(",") if (tag := clean_line(part, 50))]


class ConditionForm(Form):
    """One condition; one without a value is none."""

    part = ChoiceField(label=_("What is looked at"), choices=list(PARTS.items()), initial="subject", required=False)
    header = CharField(label=_("Name of the header"), required=False, max_length=200, widget=TextInput(attrs={**PLAIN}))
    test = ChoiceField(label=_("How"), choices=list(TESTS.items()), initial="contains", required=False)
    value = CharField(
        label=_("What is looked for"), required=False, strip=False, max_length=1_000, widget=TextInput(attrs={**PLAIN})
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["header"].widget.attrs["placeholder"] = "X-Spam-Score"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("value", "").strip():
            try:
                check_condition(cleaned)
            except ValidationError as error:
                self.add_error("header" if error.code == "header" else "value", error)
        return cleaned

    @property
    def stored(self) -> dict[str, str] | None:
        return Condition.read(self.cleaned_data).stored() if self.cleaned_data.get("value", "").strip() else None


class FillForm(Form):
    """One field of the ticket and what is put into it; one without a value is none."""

    key = ChoiceField(label=_("Field"), required=False)
    value = CharField(label=_("Value"), required=False, max_length=400, widget=TextInput(attrs={**PLAIN}))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["key"].choices = [("", gettext("No field")), *field_choices()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("value") and not cleaned.get("key"):
            self.add_error("key", _("Choose a field."))
        return cleaned


class FilterPage:
    """Everything on the page of a filter; `add` names the kind of row of which there is to be one more."""

    def __init__(self, one: Filter, data: QueryDict | None, *, add: str = "") -> None:
        self.one = one
        typed = data is not None and bool(add)
        if typed and data is not None:
            names = {name: data.get(name) for name in FilterForm.base_fields}
            self.form = FilterForm(instance=one, initial=names)
        else:
            self.form = FilterForm(data, instance=one)
        fills = [{"key": key, "value": value} for key, value in one.fields.items()]
        self.conditions = _rows(ConditionForm, "c", one.conditions, data, typed=typed, empty=_empty(add, "condition"))
        self.fills = _rows(FillForm, "f", fills, data, typed=typed, empty=_empty(add, "field"))

    @property
    def forms(self) -> list[Any]:
        return [self.form, *self.conditions, *self.fills]

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]
        if all(valid) and not any(form.stored for form in self.conditions):
            self.conditions[0].add_error("value", _("A filter needs at least one condition."))
            return False
        return all(valid)

    def problems(self) -> list[Problem]:
        return problems(*self.forms) if self.form.is_bound else []

    def save(self, *, by: User) -> Filter:
        one = self.form.instance
        one.tags, one.joins_by = self.form.cleaned_data["tags"], self.form.cleaned_data["joins_by"]
        one.conditions = [stored for form in self.conditions if (stored := form.stored)]
        filled = (form.cleaned_data for form in self.fills)
        one.fields = {data["key"]: data["value"] for data in filled if data.get("key") and data.get("value")}
        return save_filter(one, by=by)


def field_choices() -> list[tuple[str, str]]:
    return [(one.key, one.shown_label) for one in FieldDefinition.objects.filter(is_active=True)]


def _empty(add: str, kind: str) -> int:
    return 1 if add in ("", kind) else 0


def _rows(
    make: Callable[..., Any],
    prefix: str,
    known: Sequence[Mapping[str, Any]],
    data: QueryDict | None,
    *,
    typed: bool,
    empty: int,
) -> list[Any]:
    """Bound, unbound with an empty row for the next one, or as they were typed with room for one more."""
    if data is None:
        rows = [*known, *([{}] * empty)][:MAX_CONDITIONS]
        return [make(prefix=f"{prefix}{index}", initial=row) for index, row in enumerate(rows)]
    count = min(_number(data.get(f"{prefix}-rows", "")), MAX_CONDITIONS)
    if not typed:
        return [make(data, prefix=f"{prefix}{index}") for index in range(max(count, 1))]
    names = make.base_fields  # type: ignore[attr-defined]
    written = [{name: data.get(f"{prefix}{index}-{name}") for name in names} for index in range(count)]
    rows = [*written, *([{}] * empty)][:MAX_CONDITIONS]
    return [make(prefix=f"{prefix}{index}", initial=row) for index, row in enumerate(rows)]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
