"""The form for a new API token."""

from django.forms import CharField, ChoiceField, Form
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiToken
from core.text import clean_line


class TokenForm(Form):
    name = CharField(label=_("Name"), max_length=100, help_text=_("Which program uses it, for example “Monitoring”."))
    scope = ChoiceField(
        label=pgettext_lazy("right", "May"),
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.READ,
        help_text=_("Never more than you may yourself."),
    )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)
