"""What people may say about themselves: name, language, time zone, theme. One page, in the dress of their door."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.text import clean_line
from web.common.access import customer_required
from web.common.locales import language_choices, zone_choices


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields: ClassVar = ["name", "language", "time_zone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = self.fields["time_zone"].label
        self.fields["time_zone"] = forms.ChoiceField(label=label, choices=zone_choices(self.instance.time_zone))
        self.fields["language"].choices = language_choices()

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 150)
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name

    def keep(self) -> None:
        self.instance.save(update_fields=self.Meta.fields)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_required
def profile(request: HttpRequest) -> HttpResponse:
    # a row of its own: a refused name must not stand in the menu
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid():
        form.keep()
        with override(person.language or None):
            messages.success(request, gettext("Your profile is saved."))
        return redirect("profile")
    door = "desk" if person.is_agent or person.is_administrator else "portal"
    context = {"form": form, "section": "profile", "portal_section": "profile"}
    return render(request, f"common/profile_{door}.html", context, status=422 if form.errors else 200)
