"""How much and when an agent is given tickets, as an administrator says it, and when they are away."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    DateInput,
    Form,
    IntegerField,
    ModelChoiceField,
    NumberInput,
)
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.assignment_setup import AgentWork
from automation.models import AgentProfile, WhenAway
from sla.models import Calendar

DAY = DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AgentWorkForm(Form):
    limit = IntegerField(
        label=_("Most at the same time"),
        required=False,
        min_value=0,
        max_value=10_000,
        widget=NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("In points of work, in all queues together. Empty: no limit. 0: no tickets by assignment."),
    )
    calendar = ModelChoiceField(
        Calendar.objects.none(),
        label=_("Working hours"),
        required=False,
        help_text=_("Tickets are given within these hours only."),
    )
    is_available = BooleanField(
        label=_("Takes new tickets"),
        required=False,
        help_text=_("Everybody can switch this in their own profile, too."),
    )
    away_from = DateField(label=_("Away from"), required=False, widget=DAY)
    away_until = DateField(label=_("Away until"), required=False, widget=DAY)
    substitute = ModelChoiceField(User.objects.none(), label=_("Substitute"), required=False)
    when_away = ChoiceField(label=_("Open tickets meanwhile"), choices=WhenAway.choices)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(person), label_suffix="", **kwargs)
        self.fields["calendar"].queryset = Calendar.objects.all()
        self.fields["calendar"].empty_label = gettext("Always")
        self.fields["substitute"].queryset = User.objects.agents().exclude(pk=person.pk).order_by("name", "pk")
        self.fields["substitute"].empty_label = gettext("Nobody")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begin, end = data.get("away_from"), data.get("away_until")
        if end and not begin:
            self.add_error("away_from", ValidationError(gettext("Say from which day on they are away.")))
        elif begin and end and end < begin:
            self.add_error("away_until", ValidationError(gettext("The last day cannot be before the first one.")))
        return data

    @property
    def work(self) -> AgentWork:
        return AgentWork(**self.cleaned_data)


def _initial(person: User) -> dict[str, Any]:
    profile = AgentProfile.objects.filter(pk=person.pk).first() or AgentProfile()
    return {
        "limit": profile.limit,
        "calendar": profile.calendar_id,
        "is_available": profile.is_available,
        "when_away": profile.when_away,
        "away_from": person.away_from,
        "away_until": person.away_until,
        "substitute": person.substitute_id,
    }
