"""The form that writes a query of the search language."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from tickets import options
from web.desk.choosing_words import choices_of_queues, choices_of_words

_PLAIN = re.compile(r'[^\s(),"]+\Z')
ANY = [("", pgettext_lazy("value", "Any"))]
WHICH = [
    ("", _("All tickets")),
    ("open", pgettext_lazy("tickets", "Open")),
    ("closed", pgettext_lazy("tickets", "Closed")),
    ("new", pgettext_lazy("view", "New")),
    ("waiting", _("Waiting")),
    ("overdue", _("Overdue")),
    ("unassigned", _("Unassigned")),
    ("mine", _("My tickets")),
]
SINCE = [
    ("", _("Any time")),
    ("today", _("Today")),
    ("-7d", _("In the last seven days")),
    ("-30d", _("In the last 30 days")),
    ("-365d", _("In the last year")),
]


class SearchForm(forms.Form):
    words = forms.CharField(label=_("Words"), max_length=200, required=False)
    without = forms.CharField(label=_("Without the word"), max_length=60, required=False)
    which = forms.ChoiceField(label=_("Which tickets"), choices=WHICH, required=False)
    queue = forms.ChoiceField(label=_("Queue"), required=False)
    state = forms.ChoiceField(label=_("Status"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    owner = forms.ChoiceField(label=_("Agent"), required=False)
    customer = forms.CharField(label=_("Customer"), max_length=100, required=False)
    tag = forms.CharField(label=pgettext_lazy("noun", "Tag"), max_length=50, required=False)
    created = forms.ChoiceField(label=_("Opened"), choices=SINCE, required=False)

    def __init__(self, *args: Any, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "queue": choices_of_queues(agent),
            "state": choices_of_words(options.states()),
            "priority": choices_of_words(options.priorities()),
            "type": choices_of_words(options.types()),
            "owner": [("me", _("Myself")), ("none", _("Nobody")), *User.objects.agents().values_list("email", "name")],
        }
        for name, found in choices.items():
            self.fields[name].choices = [*ANY, *found]

    def query(self) -> str:
        parts = [_WRITTEN[name](value) for name, value in self.cleaned_data.items() if value]
        return " ".join(part for part in parts if part)


def _filter(name: str) -> Callable[[str], str]:
    def write(value: str) -> str:
        value = value.replace('"', "")
        return f"{name}:{value if _PLAIN.match(value) else f'{chr(34)}{value}{chr(34)}'}" if value else ""

    return write


def _without(value: str) -> str:
    value = value.replace('"', "").strip()
    return f"-{value}" if _PLAIN.match(value) else f'-"{value}"' if value else ""


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "words": str,
    "without": _without,
    "which": _filter("is"),
    **{name: _filter(name) for name in ("queue", "state", "priority", "type", "owner", "customer", "tag", "created")},
}
