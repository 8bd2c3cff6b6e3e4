"""Links by which somebody who forgot the password chooses a new one: one hour, one use, void when the address changes.

The token is Django's; the page behind the link is allauth's and checks it with the same generator.
"""

from django.contrib.auth.tokens import default_token_generator
from django.utils.http import int_to_base36

from accounts.models import User
from core.links import password_reset


def reset_link(user: User, *, host: str = "") -> str:
    """The absolute address of the page where `user` chooses a new password; valid for PASSWORD_RESET_TIMEOUT."""
    return password_reset(f"{int_to_base36(user.pk)}-{default_token_generator.make_token(user)}", host=host)
