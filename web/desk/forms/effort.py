"""Work on a ticket: time that was spent, steps of the checklist."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tickets.models import ChecklistTemplate
from tickets.models.effort import A_DAY, STEPS_AT_MOST

# One and a half hours are 90, 1:30, 1h 30m or 1,5 h.
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_WORDS = re.compile(r"(?:(\d{1,2}(?:[.,]\d{1,2})?)\s*h)?\s*(?:(\d{1,4})\s*m?(?:in)?)?", re.IGNORECASE)


def minutes_in(text: str) -> int | None:
    """Minutes as people write them; None for what is no length of time. Pure."""
    text = text.strip()
    clock = _CLOCK.fullmatch(text)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    words = _WORDS.fullmatch(text)
    if not text or words is None:
        return None
    hours = float((words[1] or "0").replace(",", "."))
    return round(hours * 60) + int(words[2] or 0)


class Spent(forms.Form):
    minutes = forms.CharField(
        label=_("Minutes"), help_text=_("Minutes, or hours and minutes: 90, 1:30, 1h 30m."), max_length=20
    )
    note = forms.CharField(label=_("What for"), max_length=200, required=False)

    def clean_minutes(self) -> int:
        minutes = minutes_in(self.cleaned_data["minutes"])
        if minutes is None or not 1 <= minutes <= A_DAY:
            raise ValidationError(_("Enter between one minute and one day."))
        return minutes


class Steps(forms.Form):
    """Steps of one's own, one per line, and those of a template."""

    template = forms.ModelChoiceField(
        label=_("From a template"), queryset=None, empty_label=_("No template"), required=False
    )
    steps = forms.CharField(
        label=_("Steps"),
        help_text=_("One per line."),
        max_length=STEPS_AT_MOST * 201,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        templates = ChecklistTemplate.objects.filter(is_active=True)
        self.fields["template"].queryset = templates
        if not self.is_bound and not templates.exists():
            del self.fields["template"]

    def lines(self) -> list[str]:
        template = self.cleaned_data.get("template")
        own = self.cleaned_data["steps"].splitlines()
        return [*(template.lines() if template else []), *(line.strip() for line in own if line.strip())]

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.lines():
            self.add_error("steps", ValidationError(_("Write a step or choose a template."), code="required"))
        return self.cleaned_data
