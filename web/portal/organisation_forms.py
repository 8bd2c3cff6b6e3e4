"""What a manager of an organisation fills in."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domains import is_refused
from accounts.managing import Guest
from core.text import clean_line, normalise_address
from mail.addressing import is_ours


class InviteForm(forms.Form):
    address = forms.CharField(
        label=gettext_lazy("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sees_all = forms.BooleanField(label=gettext_lazy("Sees all requests of the organisation"), required=False)

    def clean_address(self) -> str:
        address = normalise_address(self.cleaned_data["address"])
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(_("This is not an email address. It looks like name@example.com.")) from error
        if is_ours(address):
            raise ValidationError(_("This is an address of ours. Nobody can be invited with it."), code="ours")
        if is_refused(address):
            raise ValidationError(_("Addresses of this domain cannot be invited."))
        return address

    def guest(self) -> Guest:
        facts = self.cleaned_data
        return Guest(facts["address"], clean_line(facts["name"], 150), facts["sees_all"])
