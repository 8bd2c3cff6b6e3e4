"""What of the outbox is shown: by state, domain, recipient and days."""

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mail.models import Outgoing
from mail.outbox_finding import Sought


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class OutboxFilter(forms.Form):
    """What cannot be read does not filter."""

    recipient = forms.CharField(label=_("Recipient or domain"), required=False, max_length=320)
    since = forms.DateField(label=_("From day"), required=False, widget=_date_input())
    until = forms.DateField(label=_("To day"), required=False, widget=_date_input())
    state = forms.ChoiceField(required=False, choices=Outgoing.State.choices, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")
        self.is_valid()

    @property
    def state_chosen(self) -> str:
        return self.cleaned_data.get("state", "")

    def rows(self) -> QuerySet[Outgoing]:
        found = self.cleaned_data
        recipient, first, last = found.get("recipient", ""), found.get("since"), found.get("until")
        return Sought(state=self.state_chosen, recipient=recipient, first=first, last=last).rows()

    def query(self) -> str:
        """All that is chosen, for an address."""
        return "&".join(filter(None, (f"state={self.state_chosen}" if self.state_chosen else "", self.rest())))

    def rest(self) -> str:
        """What is chosen beside the state, for an address."""
        chosen = QueryDict(mutable=True)
        for name in ("recipient", "since", "until"):
            if value := self.cleaned_data.get(name):
                chosen[name] = value.isoformat() if isinstance(value, date) else value
        return chosen.urlencode()
