"""The form of an alert source, and of a post to try it with."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.forms import CharField, ChoiceField, Form, ModelForm, RadioSelect, Textarea, TextInput
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people import customer_for_address, person_with_address
from automation.alert_reading import MAX_BYTES, SEVERITIES, USUAL
from automation.alert_words import SEVERITIES as SEVERITY_WORDS
from automation.models import AlertSource
from core.text import normalise_address
from tickets.models import Priority, Queue, TicketType

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
PLACES: Mapping[str, Any] = {
    "list": _("The list of alerts"),
    "fingerprint": _("What tells one problem from another"),
    "status": _("Whether it is over"),
    "title": _("Subject of the ticket"),
    "text": _("Text"),
    "severity": _("Severity"),
    "link": _("Link"),
}


class AlertSourceForm(ModelForm):
    customer_address = CharField(
        label=_("Customer of the tickets"),
        max_length=320,
        widget=TextInput(attrs={**PLAIN, "inputmode": "email"}),
        help_text=_("By address. A new customer is made of one that nobody has."),
    )

    class Meta:
        model = AlertSource
        fields = ("name", "is_active", "system", "queue", "type", "when_resolved", "wait_hours", "again_minutes")
        labels = {
            "name": _("Name"),
            "is_active": _("Active"),
            "system": _("System"),
            "queue": _("Queue"),
            "type": _("Type"),
            "when_resolved": _("When a problem is over"),
            "wait_hours": _("Hours that the ticket waits"),
            "again_minutes": _("Minutes in which it goes on in the same ticket"),
        }
        help_texts = {
            "name": _("Tickets say that it reported them, for example “Prometheus Berlin”."),
            "is_active": _("Posts to an inactive source are refused."),
            "again_minutes": _("What fires again later opens a new ticket. 0: always a new one."),
            "wait_hours": _("Only where it waits before it is closed."),
        }
        widgets = {"when_resolved": RadioSelect, "system": RadioSelect}
        error_messages = {"name": {"unique": _("There is already an alert source with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].empty_label = gettext("Choose a queue")
        self.fields["type"].queryset = TicketType.objects.active()
        self.fields["type"].label_from_instance = lambda row: gettext(row.name)
        self.fields["type"].empty_label = gettext("As usual")
        if self.instance.customer_id:
            self.initial["customer_address"] = self.instance.customer.email
        offered = [("", gettext("As usual")), *((str(row.pk), gettext(row.name)) for row in Priority.objects.active())]
        for name in SEVERITIES:
            chosen = str(self.instance.priorities.get(name, ""))
            self.fields[f"priority_{name}"] = ChoiceField(
                label=capfirst(SEVERITY_WORDS[name]), choices=offered, required=False, initial=chosen
            )
        for name, label in PLACES.items():
            self.fields[f"place_{name}"] = CharField(
                label=label,
                required=False,
                max_length=200,
                initial=self.instance.mapping.get(name, ""),
                widget=TextInput(attrs={**PLAIN, "class": "input mono", "placeholder": USUAL[name] or "/alerts"}),
            )

    @property
    def priority_fields(self) -> list[Any]:
        return [self[f"priority_{name}"] for name in SEVERITIES]

    @property
    def place_fields(self) -> list[Any]:
        return [self[f"place_{name}"] for name in PLACES]

    def clean_customer_address(self) -> str:
        address = normalise_address(self.cleaned_data["customer_address"])
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(gettext("Write an email address, for example monitoring@example.com.")) from error
        person = person_with_address(address)
        if person is not None and not person.is_active:
            raise ValidationError(gettext("This person has been deactivated."))
        return address

    def customer(self) -> User:
        """Made when nobody has the address: within the transaction that saves the source."""
        return customer_for_address(self.cleaned_data["customer_address"])

    def _post_clean(self) -> None:
        super()._post_clean()
        data = self.cleaned_data
        self.instance.priorities = {name: int(pk) for name in SEVERITIES if (pk := data.get(f"priority_{name}"))}
        self.instance.mapping = {name: path for name in PLACES if (path := data.get(f"place_{name}"))}


class SampleForm(Form):
    post = CharField(
        label=_("A post as JSON"),
        max_length=MAX_BYTES,
        strip=False,
        widget=Textarea(attrs={**PLAIN, "rows": 12, "class": "textarea mono"}),
    )
