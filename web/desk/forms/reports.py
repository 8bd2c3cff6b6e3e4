"""What is said of a report, a dashboard and a report by mail, beside the question."""

from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.models import Dashboard, Display, Report, Subscription
from reports.models.sending import Format

_SHARED = _("Everybody with one of these roles sees it, with the numbers of those tickets that they may see.")


def roles_field() -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        label=_("Shared with"),
        help_text=_SHARED,
        queryset=Group.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def roles_to_share_with(agent: User) -> Any:
    """One's own; administrators share with all."""
    return (Group.objects.all() if agent.is_administrator else agent.groups.all()).order_by("name")


class ReportForm(forms.ModelForm):
    roles = roles_field()

    class Meta:
        model = Report
        fields = ("name", "description", "display", "roles")
        labels = {"name": _("Name"), "description": _("What it shows"), "display": _("Shown as")}

    def __init__(self, *args: Any, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = roles_to_share_with(agent)
        self.fields["display"].choices = Display.choices


class DashboardForm(forms.ModelForm):
    roles = roles_field()

    class Meta:
        model = Dashboard
        fields = ("name", "roles")
        labels = {"name": _("Name")}

    def __init__(self, *args: Any, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = roles_to_share_with(agent)


class MailForm(forms.Form):
    """When a report is sent, to whom, and with which file."""

    people = forms.ModelMultipleChoiceField(
        label=_("Goes to"),
        help_text=_("Each of them gets the numbers of those tickets that they may see themselves."),
        queryset=User.objects.none(),
        widget=forms.MultipleHiddenInput,
        error_messages={"required": _("Choose at least one colleague.")},
    )
    rhythm = forms.ChoiceField(label=_("How often"), choices=Subscription.Rhythm.choices)
    hour = forms.TypedChoiceField(
        label=_("At"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], coerce=int, initial=7
    )
    format = forms.ChoiceField(label=_("With a file"), choices=[("", _("No file")), *Format.choices], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = User.objects.agents().filter(is_active=True).order_by("name", "pk")

    @cached_property
    def chosen(self) -> list[User]:
        """By name."""
        keys = {str(getattr(one, "pk", one)) for one in self["people"].value() or ()}
        return [person for person in self.fields["people"].queryset if str(person.pk) in keys]

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """Those who can be chosen beside them, for a picker."""
        others = [person for person in self.fields["people"].queryset if person not in self.chosen]
        return [{"options": [{"value": one.pk, "label": str(one), "person": one} for one in others]}]


def mail_form(sent: QueryDict) -> MailForm:
    """As it was sent; where somebody was only chosen (`add`) or left out (`drop`), to go on with."""
    if "add" not in sent and "drop" not in sent:
        return MailForm(sent)
    people = {*sent.getlist("people"), sent.get("add", "")} - {sent.get("drop"), ""}
    return MailForm(initial={**sent.dict(), "people": sorted(people)})
