"""What of the outbox is shown: by state, domain, recipient and days."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.text import normalise_address
from mail.models import Outgoing
from mail.pacing import domain_of


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
        found, rows = self.cleaned_data, Outgoing.objects.select_related("ticket")
        if state := self.state_chosen:
            rows = rows.filter(state=state)
        if state == Outgoing.State.QUEUED:
            rows = rows.unfinished()  # an index knows these
        if wanted := found.get("recipient", "").strip().lower().replace("\0", ""):
            rows = _to(rows, wanted)
        if first := found.get("since"):
            rows = rows.filter(created_at__gte=_midnight(first))
        if (last := found.get("until")) and last < date.max:
            rows = rows.filter(created_at__lt=_midnight(last + timedelta(days=1)))
        return rows

    def rest(self) -> str:
        """What is chosen beside the state, for an address."""
        chosen = QueryDict(mutable=True)
        for name in ("recipient", "since", "until"):
            if value := self.cleaned_data.get(name):
                chosen[name] = value.isoformat() if isinstance(value, date) else value
        return chosen.urlencode()


def _to(rows: QuerySet[Outgoing], wanted: str) -> QuerySet[Outgoing]:
    """An address, or a domain with or without its @."""
    local, at, domain = wanted.rpartition("@")
    rows = rows.filter(domains__contains=[domain_of(domain)])
    if not local or not at:
        return rows
    return rows.filter(recipients__contains=[{"address": normalise_address(wanted)}])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
