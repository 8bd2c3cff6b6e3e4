"""The form for a new API token."""

from datetime import timedelta
from typing import Any

from django.forms import (
    CharField,
    CheckboxSelectMultiple,
    ChoiceField,
    Form,
    IntegerField,
    ModelMultipleChoiceField,
    MultipleChoiceField,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import ApiToken, User
from accounts.models.access import MOST_PER_MINUTE, USUAL_PER_MINUTE
from accounts.tokens import LIFETIME, Limits
from core.text import clean_line
from tickets import options
from tickets.models import Queue

DAYS = (7, 30, 90, LIFETIME.days)


class TokenForm(Form):
    name = CharField(label=_("Name"), max_length=100, help_text=_("Which program uses it, for example “Monitoring”."))
    scope = ChoiceField(
        label=pgettext_lazy("right", "May"),
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.READ,
        help_text=_("Never more than you may yourself."),
    )
    days = ChoiceField(label=_("Works for"), initial=LIFETIME.days, required=False)
    per_minute = IntegerField(
        label=_("Requests per minute"),
        min_value=1,
        max_value=MOST_PER_MINUTE,
        initial=USUAL_PER_MINUTE,
        required=False,
        help_text=_("What comes beyond that is told to wait."),
    )
    areas = MultipleChoiceField(
        label=_("Only these parts"),
        choices=ApiToken.Area.choices,
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("Without a choice, all of them."),
    )
    queues = ModelMultipleChoiceField(
        Queue.objects.none(),
        label=_("Only in these queues"),
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("And in the queues below them. Such a token opens tickets alone."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(days, ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in DAYS]
        queues: Any = self.fields["queues"]
        queues.queryset = options.queues_to_read(person)
        queues.label_from_instance = lambda queue: queue.place

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def limits(self) -> Limits:
        queues = [queue.pk for queue in self.cleaned_data["queues"]]
        per_minute = self.cleaned_data["per_minute"] or USUAL_PER_MINUTE
        return Limits(areas=self.cleaned_data["areas"], queues=queues, per_minute=per_minute)

    def lifetime(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["days"] or LIFETIME.days))
