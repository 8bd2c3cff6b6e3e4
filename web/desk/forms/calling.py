"""A phone call on a ticket, written down."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets.messages import Message
from tickets.models import State, Ticket
from tickets.models.article import Sender
from web.desk.forms.effort import minutes_in
from web.desk.forms.writing import MAX_TEXT, Submitted

CALLERS = [(Sender.CUSTOMER, _("The customer called")), (Sender.AGENT, _("I called the customer"))]


class Call(Submitted):
    caller = forms.ChoiceField(label=_("Who called"), choices=CALLERS, initial=Sender.CUSTOMER)
    text = forms.CharField(
        label=_("What was said"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )
    minutes = forms.CharField(
        label=_("Minutes"), help_text=_("Written down as time you spent."), max_length=20, required=False
    )
    state = forms.ChoiceField(label=_("Status afterwards"), required=False)

    def __init__(self, *args: Any, states: Sequence[State], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # what waits or closes asks for more, and has its own way
        plain = [state for state in states if not state.is_pending and not state.is_final]
        self.states = {str(state.pk): state for state in plain}
        self.fields["state"].choices = [
            ("", gettext("As it is")),
            *((state.pk, gettext(state.name)) for state in plain),
        ]

    def clean_minutes(self) -> int | None:
        text = self.cleaned_data["minutes"]
        minutes = minutes_in(text) if text else None
        if text and (minutes is None or not 1 <= minutes <= 24 * 60):
            raise forms.ValidationError(_("Enter between one minute and one day."))
        return minutes

    def message(self, ticket: Ticket) -> Message:
        data, customer = self.cleaned_data, ticket.customer
        person = {"name": customer.name, "address": customer.email}
        return Message(
            text=data["text"],
            sent_from=person if data["caller"] == Sender.CUSTOMER else {},
            submission=data["submission"],
        )

    def then(self) -> State | None:
        return self.states.get(self.cleaned_data["state"])
