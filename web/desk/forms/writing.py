"""What agents write on a ticket: an answer to the customer, or a note for colleagues."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.clock import now
from tickets import vocabulary
from tickets.messages import Message
from tickets.models import State, StateType, Ticket
from web.common.uploads import FilesField
from web.desk.forms.addresses import AddressesField, written

MAX_TEXT = 100_000
# What becomes of the ticket after the answer, and what the button says.
NEXT: dict[str, tuple[StateType, str | Promise, str]] = {
    "wait": (StateType.PENDING_REMINDER, _("Send, wait for customer"), "hourglass"),
    "open": (StateType.OPEN, _("Send, keep open"), "inbox"),
    "close": (StateType.CLOSED, _("Send and close"), "check-circle"),
}
DAYS = (1, 2, 3, 5, 7, 14, 30)
DEFAULT_DAYS = 3


class Submitted(forms.Form):
    """A form that makes one message however often it is sent."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid4

    def clean_submission(self) -> UUID:
        return self.cleaned_data["submission"] or uuid4()


class _Words(Submitted):
    text = forms.CharField(label=_("Message"), max_length=MAX_TEXT, required=False, widget=forms.Textarea)
    files = FilesField()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not (data.get("text") or data.get("files")):
            self.add_error("text", ValidationError(_("Write something or add a file."), code="required"))
        return data


class Note(_Words):
    def message(self) -> Message:
        data = self.cleaned_data
        return Message(text=data["text"], files=data["files"], submission=data["submission"])


class Reply(_Words):
    """`based_on` is the newest article the agent has seen; `anyway` the one he decided to overlook."""

    to = AddressesField(label=_("To"), required=True, error_messages={"required": _("Say who gets the answer.")})
    cc = AddressesField(label=_("Cc"))
    bcc = AddressesField(label=_("Bcc"))
    then = forms.ChoiceField(choices=[(key, words) for key, (_type, words, _icon) in NEXT.items()], required=False)
    wait = forms.TypedChoiceField(
        label=_("Wait for"),
        coerce=int,
        empty_value=DEFAULT_DAYS,
        required=False,
        choices=lambda: [(days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days}) for days in DAYS],
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    anyway = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, ticket: Ticket, newest: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer = ticket.customer
        self.fields["to"].initial = written([{"name": customer.name, "address": customer.email}])
        self.fields["wait"].initial = DEFAULT_DAYS
        self.fields["based_on"].initial = newest

    def message(self) -> Message:
        data = self.cleaned_data
        return Message(
            text=data["text"],
            files=data["files"],
            to=data["to"],
            cc=data["cc"],
            bcc=data["bcc"],
            submission=data["submission"],
        )

    @property
    def seen(self) -> int | None:
        return self.cleaned_data["anyway"] or self.cleaned_data["based_on"]

    def next_state(self) -> tuple[State, datetime | None]:
        kind, _words, _icon = NEXT[self.cleaned_data["then"] or "open"]
        state = vocabulary.first_state(kind)
        until = now() + timedelta(days=self.cleaned_data["wait"]) if state.is_pending else None
        return state, until
