"""Small forms for single properties of a ticket, those that are more than a choice from a list."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.text import clean_line
from tickets.models import FieldDefinition
from web.common.custom_fields import add_fields

DATETIME_LOCAL = "%Y-%m-%dT%H:%M"
MOST_TAGS = 30


class Title(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=300)

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
    """When a waiting ticket reminds or goes on, in the agent's own zone."""

    until = forms.DateTimeField(
        label=_("Wait until"),
        help_text=_("Only used while the ticket waits."),
        input_formats=[DATETIME_LOCAL],
        widget=forms.DateTimeInput(format=DATETIME_LOCAL, attrs={"type": "datetime-local"}),
        required=False,
    )

    def clean_until(self) -> datetime | None:
        until = self.cleaned_data["until"]
        if until and until <= now():
            raise ValidationError(_("Choose a time that is still to come."))
        return until


class CustomField(forms.Form):
    """One custom field; empty takes the value away, unless the field is required."""

    def __init__(self, *args: Any, definition: FieldDefinition, value: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_fields(self, [definition], values={definition.key: value})
