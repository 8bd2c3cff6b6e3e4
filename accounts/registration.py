"""Signing up by oneself: a link to the address first, an account only when somebody has followed it.

Nothing is stored before, so that neither a page nor the time it takes tells whether an address is known (T78). The link
is signed, good for an hour and for one use (T80), and carries all that was said.
"""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import IntegrityError, transaction

from accounts.domains import confirm_address, may_register
from accounts.models import Brand, User
from accounts.people import create_person, person_with_address
from core.links import sign_up
from core.text import clean_line, normalise_address

SALT = "accounts.registration"


@dataclass(frozen=True)
class Applicant:
    """Somebody who wants an account, as far as he has told."""

    address: str
    name: str
    language: str = ""


def registration_link(applicant: Applicant, brand: Brand) -> str:
    """The absolute address of the page that confirms the address; valid for `REGISTRATION_SECONDS`."""
    claim = {**asdict(applicant), "brand": brand.pk}
    return sign_up(signing.dumps(claim, salt=SALT, compress=True), host=brand.host)


def applicant_of(token: str) -> tuple[Applicant, Brand] | None:
    """Who a link was made for, and where; None when it is forged, used or too old, or signing up has ended since."""
    try:
        claim: dict[str, Any] = signing.loads(token, salt=SALT, max_age=settings.REGISTRATION_SECONDS)
    except signing.BadSignature:
        return None
    brand = Brand.objects.active().filter(pk=claim.pop("brand")).first()
    applicant = Applicant(**claim)
    if brand is None or cache.get(_used(token)) or person_with_address(applicant.address):
        return None
    return (applicant, brand) if may_register(applicant.address, brand) else None


def register(token: str, *, password: str, name: str) -> User | None:
    """Make the account and so use the link up; None when it is not good (any more)."""
    found = applicant_of(token)
    if found is None:
        return None
    applicant, _brand = found
    try:
        with transaction.atomic():
            person = create_person(
                email=applicant.address,
                name=clean_line(name, 150) or applicant.name,
                password=password,
                language=applicant.language,
                is_customer=True,
            )
            confirm_address(person, applicant.address)
    except IntegrityError:  # of two who click at once the second finds the link used
        return None
    # for the case that the account gives the address away within the hour
    cache.set(_used(token), 1, settings.REGISTRATION_SECONDS)
    return person


def applicant(address: str, *, name: str, language: str) -> Applicant:
    return Applicant(normalise_address(address), clean_line(name, 150), language)


def _used(token: str) -> str:
    return f"registration-used:{sha256(token.encode()).hexdigest()}"
