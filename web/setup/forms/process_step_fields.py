"""Fields that several questions about a step of a process are asked with."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role
from accounts.people import person_with_address
from core.text import normalise_address
from tickets.models import FieldDefinition
from tickets.models.field import FieldKind


def span_field(label: str, hint: str = "") -> forms.CharField:
    hint = hint or _("Such as 30m, 4h or 2d.")
    return forms.CharField(max_length=20, required=False, label=label, help_text=hint)


class AddressField(forms.CharField):
    """The address of somebody who is known."""

    def clean(self, value: Any) -> str:
        text = normalise_address(super().clean(value))
        if text and not _known(text):
            raise ValidationError(_("Nobody has this address."))
        return text


class AddressesField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: Any) -> list[str]:
        lines = [normalise_address(line) for line in super().clean(value).replace(",", "\n").splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if missing := [one for one in found if not _known(one)]:
            raise ValidationError(_("Nobody has this address: %(addresses)s") % {"addresses": ", ".join(missing)})
        return found


def _known(address: str) -> bool:
    person = person_with_address(address)
    return person is not None and person.is_active


def role_field(chosen: str) -> forms.ChoiceField:
    choices = [("", _("Choose")), *((name, name) for name in role_names())]
    return forms.ChoiceField(choices=choices, required=False, label=_("Role"), initial=chosen)


def role_names() -> list[str]:
    return list(Role.objects.order_by("group__name").values_list("group__name", flat=True))


def fields_of(kind: FieldKind) -> list[tuple[str, str]]:
    found = FieldDefinition.objects.filter(is_active=True, kind=kind).order_by("position", "pk")
    return [(one.key, one.shown_label) for one in found]


def field_choice(label: str, kind: FieldKind, chosen: str) -> forms.ChoiceField:
    choices = [("", pgettext("field", "none")), *fields_of(kind)]
    return forms.ChoiceField(choices=choices, required=False, label=label, initial=chosen)


def flag(label: str, on: bool) -> forms.BooleanField:  # noqa: FBT001
    return forms.BooleanField(required=False, label=label, initial=on)
