"""Small forms for single properties of a ticket, those that are more than a choice from a list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.people import person_with_address
from core.clock import now
from core.moments import moment
from core.text import clean_line
from tickets.models import FieldDefinition, State
from tickets.models.field import FieldKind
from web.common.custom_fields import PREFIX, add_fields
from web.desk.waiting import Preset, preset, presets

KEEP = "keep"
WAIT = timedelta(days=3)
DATETIME_LOCAL = "%Y-%m-%dT%H:%M"
MOST_TAGS = 30


class Title(forms.Form):
    title = forms.CharField(label=_("Subject"), max_length=300)

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"], 300)
        if not title:
            raise ValidationError(self.fields["title"].error_messages["required"], code="required")
        return title


class Tags(forms.Form):
    tags = forms.CharField(
        label=_("Tags"), help_text=_("Write a comma after each tag."), max_length=2_000, required=False
    )

    def clean_tags(self) -> list[str]:
        tags = [tag for part in self.cleaned_data["tags"].split(",") if (tag := clean_line(part, 50))]
        if len(tags) > MOST_TAGS:
            raise ValidationError(_("A ticket takes at most %(number)s tags."), params={"number": MOST_TAGS})
        return tags


class Until(forms.Form):
    """When a waiting ticket reminds or goes on, in the agent's own zone: a preset, or a time of one's own."""

    when = forms.ChoiceField(label=_("Wait until"), required=False)
    until = forms.DateTimeField(
        label=_("Or until"),
        input_formats=[DATETIME_LOCAL],
        widget=forms.DateTimeInput(format=DATETIME_LOCAL, attrs={"type": "datetime-local"}),
        required=False,
    )

    def __init__(self, *args: Any, waits_until: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waits_until = waits_until
        offered = [(one.value, _in_words(one)) for one in presets(localtime(now()))]
        if waits_until is not None:
            offered.insert(0, (KEEP, gettext("As it is, %(time)s") % {"time": moment(waits_until)}))
        self.fields["when"].choices = offered
        self.fields["when"].initial = KEEP if waits_until else "days"

    def clean_until(self) -> datetime | None:
        until = self.cleaned_data["until"]
        if until and until <= now():
            raise ValidationError(_("Choose a time that is still to come."))
        return until

    def moment(self) -> datetime:
        """The time of one's own goes first; without any choice it is three days."""
        data = self.cleaned_data
        if data["until"]:
            return data["until"]
        kept = self.waits_until if data["when"] == KEEP else None
        return kept or preset(data["when"], localtime(now())) or now() + WAIT


class Later(Until):
    """The same with a status to choose, where more than one waits."""

    def __init__(self, *args: Any, states: Sequence[State], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(state.pk, gettext(state.name)) for state in states]
        field = forms.ChoiceField(label=_("Status"), choices=choices, initial=choices[0][0] if choices else None)
        self.fields = {"state": field, **self.fields}
        self.states = {str(state.pk): state for state in states}

    def offered(self) -> Sequence[tuple[str, str]]:
        """The presets, to be chosen by a button each."""
        return [choice for choice in self.fields["when"].choices if choice[0] != KEEP]

    def chosen(self) -> State:
        return self.states[self.cleaned_data["state"]]


class Closing(forms.Form):
    """What must be filled in before a ticket is closed, and as what it is closed."""

    def __init__(
        self, *args: Any, states: Sequence[State], definitions: Sequence[FieldDefinition], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(state.pk, gettext(state.name)) for state in states]
        self.fields["state"] = forms.ChoiceField(label=_("Status"), choices=choices)
        add_fields(self, definitions)
        for definition in definitions:
            # an empty box is an answer: no
            if definition.kind != FieldKind.CHECKBOX:
                self.fields[f"{PREFIX}{definition.key}"].required = True


class Customer(forms.Form):
    """Whose request it is; somebody with an address nobody knows is made on the way."""

    customer = forms.EmailField(label=_("Customer's email"), max_length=254)
    name = forms.CharField(
        label=_("Customer's name"), help_text=_("For somebody who is not known yet."), max_length=150, required=False
    )

    def clean_customer(self) -> str:
        address = self.cleaned_data["customer"]
        known = person_with_address(address)
        if known and known.is_system:
            raise ValidationError(_("This address belongs to the helpdesk itself."))
        return address


class CustomField(forms.Form):
    """One custom field; empty takes the value away, unless the field is required."""

    def __init__(self, *args: Any, definition: FieldDefinition, value: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_fields(self, [definition], values={definition.key: value})


def _in_words(offered: Preset) -> str:
    """ "Tomorrow morning, 22 Nov, 09:00"."""
    return gettext("%(words)s, %(time)s") % {"words": offered.label, "time": moment(offered.at)}
