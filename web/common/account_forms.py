"""The forms of those who come in without an account: signing up, and the first password of somebody invited."""

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domains import domain_of, may_register
from accounts.models import Brand, User
from core.text import clean_line, normalise_address
from mail.addressing import is_ours
from web.common.forms import PASSWORD_HINT


class SignUp(forms.Form):
    """Takes any address of a domain that may come in, and says nothing about it."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.CharField(
        label=gettext_lazy("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"inputmode": "email", "autocomplete": "username"}),
    )

    def __init__(self, *args, brand: Brand, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.brand = brand

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 150)

    def clean_email(self) -> str:
        """Which domains may sign up is no secret; which addresses have an account is one."""
        address = normalise_address(self.cleaned_data["email"])
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(_("This is not an email address. It looks like name@example.com.")) from error
        if is_ours(address):
            raise ValidationError(_("This is an address of ours. Nobody can sign up with it."), code="ours")
        if not may_register(address, self.brand):
            words = {"domain": domain_of(address)}
            raise ValidationError(_("People with an address at %(domain)s cannot sign up here.") % words)
        return address


class FirstSteps(forms.Form):
    """A name and a password, for an account that is made now."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        help_text=PASSWORD_HINT,
    )

    def __init__(self, *args, address: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 150)

    def clean_password(self) -> str:
        """No password that says the name or the address."""
        somebody = User(email=self.address, name=str(self.data.get("name", ""))[:150])
        try:
            password_validation.validate_password(self.cleaned_data["password"], somebody)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return self.cleaned_data["password"]
