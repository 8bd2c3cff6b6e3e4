"""How allauth fits into our people: no sign-up of its own (web/common/joining.py), sign-in for active people only."""

import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.links import password_reset
from core.text import normalise_address

log = logging.getLogger(__name__)

MESSAGES = {
    "email_password_mismatch": _(
        "This email address and this password do not belong together. Check both, or choose a new password."
    ),
    "too_many_login_attempts": _(
        "There were too many attempts. Wait five minutes and try again, or choose a new password."
    ),
    "enter_current_password": _("This is not your current password."),
    "invalid_password_reset": _("This link has been used or is too old."),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar = {**DefaultAccountAdapter.error_messages, **MESSAGES}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """After signing in or out people go to addresses of this very host only (T67)."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def clean_email(self, email: str) -> str:
        return normalise_address(super().clean_email(email))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages themselves say what happened."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        return password_reset(key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_change_password_done")

    def set_password(self, user: User, password: str) -> None:
        """Whoever could choose a new password need not wait for the end of a pause that others have caused."""
        user.set_password(password)
        user.save(update_fields=["password"])
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            log.warning("too many wrong passwords for %r, from %s", _login(credentials), self.get_client_ip(request))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        log.info("wrong password or address %r, from %s", _login(credentials), self.get_client_ip(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count per address, whatever host name the guesses come in by."""
        return normalise_address(_login(credentials))


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", ""))[:320]
