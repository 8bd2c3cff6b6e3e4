"""Finding and making people. Every door uses these, so that an address means one person everywhere."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.models import EmailAddress, Membership, Organisation, User
from core.memo import remembered
from core.prepared import prepared
from core.text import clean_line, normalise_address

SYSTEM_NAMES = {
    "mail": "Mail",
    "system": "Helpdesk",
    "sla": "SLA",
    "rules": "Rules",
    "alerts": "Alerts",
    "forms": "Web forms",
    "processes": "Processes",
}


@remembered
def system_actor(key: str) -> User:
    """The system's own actor for `key` ("mail", "system" ...), made on first use."""
    user, _created = User.objects.get_or_create(
        system_key=key,
        defaults={
            # No address, so that nobody can ever write from it and stand in the actor's way.
            "email": f"system:{key}",
            "name": SYSTEM_NAMES.get(key, key.capitalize()),
            "is_active": False,
            "password": "!",
        },
    )
    return user


def has_administrator() -> bool:
    """Whether anybody can set things up; false on a new installation without the demo world."""
    return User.objects.active().filter(is_administrator=True, system_key__isnull=True).exists()


def nobody_can_sign_in() -> bool:
    """No person has a password yet, nor a mark that lets one come in by a directory or a link."""
    people = User.objects.active().filter(system_key__isnull=True)
    marked = Q(is_agent=True) | Q(is_administrator=True)
    return not people.filter(marked | ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)).exists()


def person_with_address(address: str) -> User | None:
    """Whose address this is, compared in normalised form (T29: look-alikes are different people)."""
    return next((found.user for found in _with_address(normalise_address(address))), None)


def customer_for_address(address: str, *, name: str = "", language: str = "") -> User:
    """The person with this address, made as a customer when unknown."""
    return person_with_address(address) or new_customer(address, name=name, language=language)


def new_customer(address: str, *, name: str = "", language: str = "") -> User:
    """A customer with an address that nobody had a moment ago. Twenty at once make one person (K09)."""
    try:
        with transaction.atomic():
            return create_person(email=address, name=name, language=language, is_customer=True)
    except IntegrityError:
        known = person_with_address(address)
        if known is None:
            raise
        return known


def create_person(
    *,
    email: str,
    name: str = "",
    password: str | None = None,
    organisation: Organisation | None = None,
    sees_all: bool = False,
    **marks: object,
) -> User:
    """A new person with one address. Raises IntegrityError when the address belongs to somebody."""
    address = normalise_address(email)
    user = User.objects.create_user(address, password, name=clean_line(name, 150) or address.split("@")[0], **marks)
    EmailAddress.objects.create(user=user, address=address)
    if organisation:
        Membership.objects.create(user=user, organisation=organisation, sees_all=sees_all)
    return user


def primary_organisation(user: User) -> Organisation | None:
    return next((membership.organisation for membership in _primary(user.pk)), None)


@prepared(str)
def _with_address(address: str) -> QuerySet[EmailAddress]:
    return EmailAddress.objects.select_related("user").filter(address=address)


@prepared(int)
def _primary(user: int) -> QuerySet[Membership]:
    return Membership.objects.select_related("organisation").filter(user=user, is_primary=True).order_by("pk")[:1]
