"""What an agent does with the ticket that was given: answer it, put it off, pass it on, skip it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import clean_line
from tickets import options
from tickets.guidance import may_choose
from tickets.models import Ticket

# Days to put a ticket off, and what the button says.
LATER: dict[str, str | Promise] = {
    "1": _("Tomorrow"),
    "3": _("In three days"),
    "7": _("In one week"),
    "14": _("In two weeks"),
}
# Why somebody does not take the ticket that is next: one click.
REASONS: dict[str, str | Promise] = {
    "knowledge": _("It needs somebody who knows more about this"),
    "close": _("I am too close to this customer"),
    "waits": _("Something else must happen first"),
    "time": _("I have too little time for it now"),
}


class Later(forms.Form):
    days = forms.TypedChoiceField(choices=[(key, key) for key in LATER], coerce=int)


class PassOn(forms.Form):
    """To a colleague who may see it, maybe with a few words."""

    owner = forms.TypedChoiceField(coerce=int)
    note = forms.CharField(label=_("A note for them"), max_length=5_000, required=False)

    def __init__(self, *args: Any, ticket: Ticket, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        oneself = may_choose(agent, ticket.queue)
        self.people = {person.pk: person for person in options.owners(ticket) if oneself or person != agent}
        self.fields["owner"].choices = [(pk, str(person)) for pk, person in self.people.items()]

    @property
    def person(self) -> User:
        return self.people[self.cleaned_data["owner"]]


class Skip(forms.Form):
    """One of the usual reasons, or another one in words."""

    reason = forms.ChoiceField(choices=list(REASONS.items()), required=False)
    other = forms.CharField(label=_("Another reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = REASONS.get(data.get("reason", ""), "")
        data["words"] = clean_line(data.get("other", ""), 200) or str(chosen)
        if not data["words"]:
            raise ValidationError(_("Say why you skip it."))
        return data
