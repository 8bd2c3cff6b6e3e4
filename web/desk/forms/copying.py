"""Whom to keep in copy of a ticket."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.text import normalise_address
from mail.addressing import is_ours


class Copied(forms.Form):
    """`seen` are addresses of the newest mail: who wrote or got it may be meant."""

    address = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput({"autocomplete": "off", "list": "copied-seen"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["address"].help_text = _(
            "The person gets our answers by email and can read and answer this request in the portal, but no other."
        )

    def clean_address(self) -> str:
        address = normalise_address(self.cleaned_data["address"])
        if is_ours(address):
            raise ValidationError(_("This is an address of ours. We get every message anyway."), code="ours")
        return address
