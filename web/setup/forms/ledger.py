"""What of the ledger is shown, how long raw mail is kept, and where a message goes that somebody makes a ticket of."""

from datetime import date
from operator import attrgetter
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mail.finding import Wanted
from mail.mailboxes import NOBODYS, mailbox_choices, mailbox_names
from mail.models import Incoming
from tickets.models import Queue

# An empty value is "any" in an address, so what came into no mailbox of ours has a word of its own.
NONE = "none"


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class LedgerFilter(forms.Form):
    """What cannot be read does not filter."""

    mailbox = forms.ChoiceField(label=_("Mailbox"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    sender = forms.CharField(label=_("From"), required=False, max_length=320)
    words = forms.CharField(label=_("Subject"), required=False, max_length=200)
    since = forms.DateField(label=_("From day"), required=False, widget=_date_input())
    until = forms.DateField(label=_("To day"), required=False, widget=_date_input())
    state = forms.ChoiceField(required=False, choices=Incoming.State.choices, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(required=False, choices=Incoming.Outcome.choices, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        known = [("", pgettext_lazy("mailboxes", "All")), *mailbox_choices(), (NONE, NOBODYS)]
        asked = data.get("mailbox", "")[:320]
        if asked and "\0" not in asked and asked not in dict(known):
            known.append((asked, mailbox_names([asked])[asked]))
        self.fields["mailbox"].choices = known
        self.fields["reason"].choices = [("", pgettext_lazy("reasons", "All")), *Incoming.Reason.choices]
        self.is_valid()

    @property
    def wanted(self) -> Wanted:
        found = self.cleaned_data
        mailbox = found.get("mailbox") or None
        return Wanted(
            mailbox="" if mailbox == NONE else mailbox,
            state=found.get("state", ""),
            outcome=found.get("outcome", ""),
            reason=found.get("reason", ""),
            first=found.get("since"),
            last=found.get("until"),
            sender=found.get("sender", ""),
            words=found.get("words", ""),
        )

    @property
    def is_narrow(self) -> bool:
        return any(value for name, value in self.cleaned_data.items() if name != "state")

    def query(self, *, without: tuple[str, ...] = ()) -> str:
        """What is chosen, for an address."""
        chosen = QueryDict(mutable=True)
        for name, value in self.cleaned_data.items():
            if value and name not in without:
                chosen[name] = value.isoformat() if isinstance(value, date) else value
        return chosen.urlencode()


class KeepingForm(forms.Form):
    ignored_days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=1,
        max_value=3650,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class ReleaseForm(forms.Form):
    queue = forms.ModelChoiceField(Queue.objects.none(), label=_("Queue"), empty_label=_("Choose"))
    customer = forms.CharField(
        label=_("Customer"),
        max_length=254,
        widget=forms.EmailInput,
        help_text=_("The address of whoever asks. Somebody new becomes a customer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
