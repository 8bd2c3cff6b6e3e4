"""How allauth fits into our people: no open sign-up, sign-in for active people only, links to our base address."""

from allauth.account.adapter import DefaultAccountAdapter

from core.links import absolute
from core.text import normalise_address


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return normalise_address(super().clean_email(email))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return absolute(f"/password/reset/key/{key}/")
