"""What people may say about themselves: name, language, time zone, theme; agents also how the desk is to be.

One page, in the dress of their door. API tokens and the password have pages of their own.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import leaving
from accounts.models import User
from automation.availability import set_wishes
from automation.models import AgentProfile
from core.text import clean_line
from web.common.access import customer_required
from web.common.locales import language_choices, zone_choices

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields: ClassVar = ["name", "language", "time_zone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label, zones = self.fields["time_zone"].label, zone_choices(self.instance.time_zone)
        self.fields["time_zone"] = forms.ChoiceField(label=label, choices=zones, required=False)
        self.fields["language"].choices = language_choices()

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 150)
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name

    def keep(self) -> None:
        self.instance.save(update_fields=[*self.fields])


class CustomerProfileForm(ProfileForm):
    """How to reach somebody. A page of yesterday, which did not ask for it, leaves it as it is."""

    class Meta(ProfileForm.Meta):
        fields: ClassVar = ["name", "phone", "language", "time_zone", "theme"]
        widgets: ClassVar = {"phone": forms.TextInput({"type": "tel", "autocomplete": "tel"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and "phone" not in self.data:
            del self.fields["phone"]

    def clean_phone(self) -> str:
        return clean_line(self.cleaned_data["phone"], 50)


class AgentProfileForm(ProfileForm):
    """How the desk is to be. A page of yesterday, which knew fewer fields, leaves the others as they are."""

    class Meta(ProfileForm.Meta):
        fields: ClassVar = [
            *ProfileForm.Meta.fields,
            "density",
            "single_keys",
            "signature",
            "undo_seconds",
            "away_from",
            "away_until",
            "substitute",
        ]
        widgets: ClassVar = {
            "signature": forms.Textarea(attrs={"rows": 4}),
            "away_from": DAY,
            "away_until": DAY,
        }
        help_texts: ClassVar = {
            "single_keys": _("Without them, letters do nothing outside of text fields. Ctrl K always works."),
            "signature": _("Below your answers, above the signature of the queue."),
            "undo_seconds": _("So long an answer waits before it is sent. 0 sends it at once."),
            "away_from": _("Colleagues see it where they give tickets to somebody."),
            "substitute": _("Whom they can give them to instead."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and "undo_seconds" not in self.data:
            self.fields = {name: self.fields[name] for name in ProfileForm.Meta.fields}
            return
        colleagues = User.objects.agents().exclude(pk=self.instance.pk).order_by("name", "pk")
        self.fields["substitute"].queryset = colleagues
        self.fields["substitute"].empty_label = gettext("Nobody")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        begin, end = data.get("away_from"), data.get("away_until")
        if end and not begin:
            self.add_error("away_from", ValidationError(_("Say from which day on you are away.")))
        elif begin and end and end < begin:
            self.add_error("away_until", ValidationError(_("The last day cannot be before the first one.")))
        return data


class WorkForm(forms.ModelForm):
    """What assignment is to know. A page of yesterday, which did not have it, changes nothing."""

    class Meta:
        model = AgentProfile
        fields: ClassVar = ["is_available", "when_away"]
        labels: ClassVar = {"is_available": _("Take new tickets"), "when_away": _("Your open tickets meanwhile")}
        help_texts: ClassVar = {
            "is_available": _(
                "Without it, no ticket is given to you by assignment. Colleagues can still give you some."
            ),
        }

    @classmethod
    def of(cls, person: User, data: QueryDict | None) -> "WorkForm | None":
        if not person.is_agent or (data is not None and "when_away" not in data):
            return None
        profile = AgentProfile.objects.filter(pk=person.pk).first() or AgentProfile(user=person)
        return cls(data, instance=profile)

    def keep(self) -> None:
        if self.has_changed():
            set_wishes(self.instance.user, **self.cleaned_data)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def profile(request: HttpRequest) -> HttpResponse:
    # a row of its own: a refused name must not stand in the menu
    person = User.objects.get(pk=request.user.pk)
    kind = AgentProfileForm if person.is_agent else CustomerProfileForm if person.is_customer else ProfileForm
    data = request.POST if request.method == "POST" else None
    form, work = kind(data, instance=person), WorkForm.of(person, data)
    if form.is_valid() and (work is None or work.is_valid()):
        form.keep()
        if work is not None:
            work.keep()
        with override(person.language or None):
            messages.success(request, gettext("Your profile is saved."))
        return redirect("profile")
    door = "desk" if person.is_agent or person.is_administrator else "portal"
    is_agent = "undo_seconds" in form.fields  # not so when a page of yesterday is sent
    context = {"form": form, "work": work, "is_agent": is_agent, "section": "profile", "portal_section": "profile"}
    if door == "portal":
        context |= _known_of(person)
    has_errors = bool(form.errors or (work and work.errors))
    return render(request, f"common/profile_{door}.html", context, status=422 if has_errors else 200)


@require_POST
@customer_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Also here, and links in mails that open a request without signing in end too."""
    leaving.sign_out_everywhere(request.user, by=request.user)
    logout(request)
    messages.success(request, gettext("You are signed out on all your devices."))
    return redirect("home")


def _known_of(person: User) -> dict[str, Any]:
    """What a customer sees of himself and cannot change here."""
    memberships = person.memberships.select_related("organisation").order_by("-is_primary", "organisation__name")
    others = person.addresses.exclude(address=person.email).order_by("address")
    return {"memberships": list(memberships), "other_addresses": list(others.values_list("address", flat=True))}
