"""The forms of signing in and of choosing passwords: allauth's, with our words and one field per question."""

from allauth.account import forms as allauth
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import normalise_address
from mail.letters import ask_for_password_reset

PASSWORD_HINT = _("At least 8 characters. A sentence is easy to remember.")


class SignIn(allauth.LoginForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        login, password, remember = (self.fields[name] for name in ("login", "password", "remember"))
        login.label = _("Email")
        login.widget.attrs = {"inputmode": "email", "autocomplete": "username", "autofocus": True}
        password.label, password.help_text = _("Password"), ""
        password.widget.attrs = {"autocomplete": "current-password"}
        remember.label = _("Stay signed in on this computer for 30 days")

    def clean_login(self) -> str:
        return normalise_address(super().clean_login())


class AskForReset(allauth.ResetPasswordForm):
    """Takes any address and says nothing about it; a worker finds out whose it is."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email")
        self.fields["email"].widget.attrs = {"inputmode": "email", "autocomplete": "username", "autofocus": True}

    def clean_email(self) -> str:
        return normalise_address(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs) -> str:
        address = self.cleaned_data["email"]
        ask_for_password_reset(address, language=get_language() or "en", brand=request.brand)
        return address


class ResetToken(allauth.UserTokenForm):
    def _get_user(self, uidb36: str) -> User | None:
        """A deactivated person's links are dead."""
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None


class NewPassword(allauth.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _ask_once(self)


class ChangePassword(allauth.ChangePasswordForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _ask_once(self)
        old = self.fields["oldpassword"]
        old.label, old.help_text = _("Current password"), ""
        old.widget.attrs = {"autocomplete": "current-password"}


class FirstPassword(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        help_text=PASSWORD_HINT,
    )

    def __init__(self, *args, person: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        try:
            password_validation.validate_password(self.cleaned_data["password"], self.person)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return self.cleaned_data["password"]


def _ask_once(form: forms.Form) -> None:
    """One field that can be shown instead of two that are typed blindly."""
    del form.fields["password2"]
    password = form.fields["password1"]
    password.label, password.help_text = _("New password"), PASSWORD_HINT
    password.widget.attrs = {"autocomplete": "new-password"}
