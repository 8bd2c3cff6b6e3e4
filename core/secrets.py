"""Secrets at rest: sealed with a key derived from the installation's secret, opened only where they are used."""

import base64
import hashlib
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def goes_elsewhere(old: object | None, new: object, *, sealed: str, place: Iterable[str]) -> bool:
    """Whether saving `new` would show a stored secret to another place than the one it was written for.

    `sealed` names the field of the secret: whoever writes it anew knows it; `place` those that say who is shown it.
    """
    if old is None or not getattr(old, sealed) or getattr(old, sealed) != getattr(new, sealed):
        return False
    return any(getattr(old, name) != getattr(new, name) for name in place)


def seal(text: str) -> str:
    """The text, encrypted and authenticated, as ASCII."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises `ValueError` when it was sealed with another key or altered."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ValueError("This secret was sealed with another key.") from error


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, so that no two uses share a key."""
    return hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=purpose.encode()[:16]).digest()


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("secrets at rest")))
