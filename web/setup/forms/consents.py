"""How a mailbox gets its tokens. The secret is written and never shown again."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import CharField, DateInput, ModelForm, PasswordInput
from django.utils.translation import gettext_lazy as _

from mail.accounts import check_consent
from mail.models import Consent

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")
OWN_ADDRESSES = ("authorize_url", "token_url")


class ConsentForm(ModelForm):
    client_secret = CharField(
        label=_("Secret of the application"),
        required=False,
        max_length=500,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("The value of the secret, not its ID."),
    )

    class Meta:
        model = Consent
        fields = (
            "provider",
            "flow",
            "tenant",
            "client_id",
            "client_secret",
            "ends_on",
            "authorize_url",
            "token_url",
            "scope",
        )
        widgets = {"ends_on": DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
        labels = {
            "provider": _("Provider"),
            "flow": _("Who signs in"),
            "tenant": _("Tenant"),
            "client_id": _("ID of the application"),
            "ends_on": _("The secret ends on"),
            "authorize_url": _("Sign-in address"),
            "token_url": _("Token address"),
            "scope": _("Scope"),
        }
        help_texts = {
            "flow": _("“The application” is for Microsoft 365 alone, where an administrator has given it the mailbox."),
            "tenant": _("Microsoft only: the ID or domain of the organisation. Empty: any organisation."),
            "client_id": _("Given by the provider when the application was registered there."),
            "ends_on": _("Microsoft's secrets end. You are reminded 30 days before."),
            "authorize_url": _("Only for another provider."),
            "token_url": _("Only for another provider."),
            "scope": _("Only when the usual one does not fit."),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["provider"].choices = Consent.Provider.choices
        if self.instance.sealed_client_secret:
            self.fields["client_secret"].help_text = _("There is one. Leave this empty to keep it.")

    def clean_tenant(self) -> str:
        tenant = self.cleaned_data["tenant"].strip()
        if tenant and not _TENANT.fullmatch(tenant):
            raise ValidationError(_("Write the ID or the domain of the organisation."))
        return tenant

    def clean_authorize_url(self) -> str:
        return _address(self.cleaned_data["authorize_url"])

    def clean_token_url(self) -> str:
        return _address(self.cleaned_data["token_url"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("provider") == Consent.Provider.OTHER:
            for name in OWN_ADDRESSES:
                if not cleaned.get(name) and not self.has_error(name):
                    self.add_error(name, _("Another provider needs its addresses."))
        by_itself = cleaned.get("flow") == Consent.Flow.CLIENT
        if by_itself and cleaned.get("provider") == Consent.Provider.GOOGLE:
            self.add_error("flow", _("With Google, somebody must sign in to the mailbox."))
        if by_itself and cleaned.get("provider") == Consent.Provider.MICROSOFT and not cleaned.get("tenant"):
            self.add_error("tenant", _("An application that signs in by itself needs the tenant."))
        if by_itself and not (cleaned.get("client_secret") or self.instance.sealed_client_secret):
            self.add_error("client_secret", _("An application that signs in by itself needs its secret."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if secret := self.cleaned_data.get("client_secret"):
            self.instance.client_secret = secret
        try:
            check_consent(self.instance)
        except ValidationError as error:
            self.add_error("client_secret", error.message_dict["client_secret"])


def _address(text: str) -> str:
    """An https address; in the clear only where the deployment has networks of its own for this."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        good = not text or (bool(parts.hostname) and parts.scheme in _schemes() and not parts.username)
    except ValueError:
        good = False
    if not good:
        raise ValidationError(_("Write an address that begins with https://."))
    return text


def _schemes() -> tuple[str, ...]:
    return ("https", "http") if settings.MAIL_NETWORKS else ("https",)
