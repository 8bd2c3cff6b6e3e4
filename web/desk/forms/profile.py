"""What an agent may say about himself."""

import zoneinfo
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import clean_line


class Profile(forms.ModelForm):
    class Meta:
        model = User
        fields: ClassVar = ["name", "language", "time_zone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.time_zone
        names = time_zones() if current in time_zones() else [current, *time_zones()]
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label, choices=[(name, name.replace("_", " ")) for name in names]
        )
        self.fields["language"].choices = [("", _("As the browser asks for")), *settings.LANGUAGES]

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 150)
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name

    def keep(self) -> None:
        self.instance.save(update_fields=self.Meta.fields)


@cache
def time_zones() -> list[str]:
    """Places, without outdated abbreviations and offsets."""
    odd = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Canada/", "Mexico/", "Brazil/", "Chile/")
    return ["UTC", *sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(odd))]
