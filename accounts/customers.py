"""What agents say of customers and organisations: saved whole, and audited as configuration is.

Never of colleagues: an agent who could change the address of an administrator would soon be one.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.administration import free_addresses, save_organisation, set_addresses
from accounts.audit import note, note_change, snapshot
from accounts.models import ConfigChange, Membership, Organisation, User
from accounts.people import create_person
from accounts.roles import may_edit_people

# Fields of the row; `CustomerFacts` has them by the same names.
FIELDS = ("name", "phone", "language", "time_zone", "notes", "is_vip")


@dataclass(frozen=True)
class CustomerFacts:
    """A customer as a form describes it. The first organisation is the one that new requests belong to."""

    email: str
    name: str
    # Other addresses this person writes from.
    further: tuple[str, ...] = ()
    phone: str = ""
    language: str = ""
    time_zone: str = ""
    notes: str = ""
    is_vip: bool = False
    organisations: tuple[Organisation, ...] = ()
    # Ids of those whose requests the person sees all of.
    sees_all: frozenset[int] = frozenset()


def customers_of(user: User) -> QuerySet[User]:
    """The customers that `user` may change: nobody without the right, and nobody who works here."""
    if not may_edit_people(user):
        return User.objects.none()
    return User.objects.filter(
        is_customer=True,
        is_agent=False,
        is_administrator=False,
        is_superuser=False,
        system_key__isnull=True,
        merged_into__isnull=True,
    )


def add_customer(facts: CustomerFacts, *, by: User) -> User:
    """A new customer. Raises `ValidationError` when an address belongs to somebody."""
    with transaction.atomic():
        addresses = free_addresses(None, facts.email, *facts.further)
        fields = {name: getattr(facts, name) for name in FIELDS}
        person = create_person(email=addresses[0], is_customer=True, **fields)
        set_addresses(person, addresses)
        _set_organisations(person, facts)
        note(person, action=ConfigChange.Action.CREATED, before={}, after=_snapshot(person), by=by)
    return person


def change_customer(person: User, facts: CustomerFacts, *, by: User) -> User:
    """Save what was said of a customer. Raises `ValidationError` when an address belongs to somebody else."""
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        addresses = free_addresses(person, facts.email, *facts.further)
        before = _snapshot(person)
        for name in FIELDS:
            setattr(person, name, getattr(facts, name))
        person.email = addresses[0]
        person.save(update_fields=["email", *FIELDS])
        set_addresses(person, addresses)
        _set_organisations(person, facts)
        note_change(person, before=before, after=_snapshot(person), by=by)
    return person


def change_organisation(organisation: Organisation, *, by: User) -> Organisation:
    """Save a new or changed organisation. Raises `ValidationError` when the name is taken."""
    return save_organisation(organisation, by=by)


def _set_organisations(person: User, facts: CustomerFacts) -> None:
    """Exactly these. The primary one is given last, because there is only one at a time."""
    mine = Membership.objects.filter(user=person)
    mine.exclude(organisation__in=facts.organisations).delete()
    mine.update(is_primary=False)
    for place, organisation in reversed(list(enumerate(facts.organisations))):
        values = {"is_primary": place == 0, "sees_all": organisation.pk in facts.sees_all}
        Membership.objects.update_or_create(user=person, organisation=organisation, defaults=values)


def _snapshot(person: User) -> dict[str, Any]:
    facts = {name: value for name, value in snapshot(person).items() if name in (*FIELDS, "email")}
    memberships = person.memberships.select_related("organisation").order_by("-is_primary", "organisation__name")
    return facts | {
        "addresses": sorted(person.addresses.values_list("address", flat=True)),
        "organisations": [str(membership.organisation) for membership in memberships],
        "sees_all": [str(membership.organisation) for membership in memberships if membership.sees_all],
    }
