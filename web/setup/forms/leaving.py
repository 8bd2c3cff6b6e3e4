"""The form by which somebody is deactivated: what becomes of their open tickets."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import ChoiceField, Form, ModelChoiceField, RadioSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

STAY, NOBODY, HEIR = "stay", "nobody", "heir"
CHOICES = [
    (HEIR, gettext_lazy("They go to a colleague, where that colleague may see them")),
    (NOBODY, gettext_lazy("They go back to the queue, without an owner")),
    (STAY, gettext_lazy("They stay as they are")),
]


class LeavingForm(Form):
    tickets = ChoiceField(
        label=gettext_lazy("Open tickets"), choices=CHOICES, widget=RadioSelect, initial=NOBODY, required=False
    )
    heir = ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Colleague"), required=False, empty_label=gettext_lazy("Choose")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["heir"].queryset = User.objects.agents().exclude(pk=person.pk).order_by("name", "pk")
        if person.substitute_id:
            self.initial |= {"tickets": HEIR, "heir": person.substitute_id}

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        found["tickets"] = found.get("tickets") or STAY
        if found["tickets"] == HEIR and not found.get("heir") and "heir" not in self.errors:
            self.add_error("heir", ValidationError(_("Choose who takes the tickets.")))
        return found
