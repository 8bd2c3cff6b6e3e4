"""What an administrator says of people and organisations: saved whole and audited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import note, note_change, save_audited, snapshot
from accounts.models import ConfigChange, EmailAddress, Membership, Organisation, User
from accounts.people import create_person
from core.text import clean_line, normalise_address

# Fields of the row that an administrator sets; `PersonFacts` has them by the same names.
FIELDS = ("name", "is_agent", "is_customer", "is_administrator", "is_active", "language", "time_zone", "phone")


@dataclass(frozen=True)
class PersonFacts:
    """A person as a form describes it. `further` are the other addresses this person writes from."""

    email: str
    name: str
    further: tuple[str, ...] = ()
    is_agent: bool = False
    is_customer: bool = False
    is_administrator: bool = False
    is_active: bool = True
    language: str = ""
    time_zone: str = ""
    phone: str = ""
    organisation: Organisation | None = None
    sees_all: bool = False


def save_person(person: User | None, facts: PersonFacts, *, by: User) -> User:
    """Save a new (None) or known person.

    Raises `ValidationError` when an address belongs to somebody else, or when administrators would lock themselves out.
    """
    with transaction.atomic():
        addresses = free_addresses(person, facts.email, *facts.further)
        if person is None:
            return _create(facts, addresses, by=by)
        person = User.objects.select_for_update().get(pk=person.pk)
        _refuse_locking_out(person, facts, by=by)
        before = _snapshot(person)
        for name in FIELDS:
            setattr(person, name, getattr(facts, name))
        person.email = addresses[0]
        person.save(update_fields=["email", *FIELDS])
        set_addresses(person, addresses)
        set_organisation(person, facts.organisation, sees_all=facts.sees_all)
        note_change(person, before=before, after=_snapshot(person), by=by)
    return person


def withdraw_password(person: User, *, by: User) -> None:
    """The password stops working and every session ends, so that an invitation can start anew."""
    with transaction.atomic():
        person.set_unusable_password()
        person.save(update_fields=["password"])
        note_change(person, before={"password": True}, after={"password": False}, by=by)


def set_organisation(person: User, organisation: Organisation | None, *, sees_all: bool) -> None:
    """The organisation a person mainly belongs to; further memberships stay."""
    mine = Membership.objects.filter(user=person)
    mine.filter(is_primary=True).exclude(organisation=organisation).delete()
    if organisation is not None:
        facts = {"is_primary": True, "sees_all": sees_all}
        Membership.objects.update_or_create(user=person, organisation=organisation, defaults=facts)


def save_organisation(organisation: Organisation, *, by: User) -> Organisation:
    """Save a new or changed organisation. Raises `ValidationError` when the name is taken."""
    if Organisation.objects.filter(name=organisation.name).exclude(pk=organisation.pk).exists():
        raise ValidationError({"name": _("There is already an organisation with this name.")})
    save_audited(organisation, by=by)
    return organisation


def change_members(
    organisation: Organisation,
    *,
    join: Iterable[User] = (),
    leave: Iterable[int] = (),
    sees_all: Mapping[int, bool] | None = None,
    by: User,
) -> None:
    """Who joins, who leaves (ids of people), and who sees all of the organisation's requests from now on."""
    with transaction.atomic():
        members = Membership.objects.select_for_update(of=("self",)).filter(organisation=organisation)
        joining, sees_all, leaving = list(join), sees_all or {}, set(leave)
        ids = {*leaving, *sees_all, *(person.pk for person in joining)}
        before = _members(organisation, ids)
        members.filter(user__in=leaving).delete()
        for membership in members.filter(user__in=sees_all):
            if membership.sees_all != sees_all[membership.user_id]:
                membership.sees_all = sees_all[membership.user_id]
                membership.save(update_fields=["sees_all"])
        for person in joining:
            is_first = not person.memberships.filter(is_primary=True).exists()
            Membership.objects.get_or_create(user=person, organisation=organisation, defaults={"is_primary": is_first})
        after = _members(organisation, ids)
        note_change(organisation, before={"people": before}, after={"people": after}, by=by)


def _create(facts: PersonFacts, addresses: list[str], *, by: User) -> User:
    person = create_person(
        email=addresses[0],
        organisation=facts.organisation,
        sees_all=facts.sees_all,
        **{name: getattr(facts, name) for name in FIELDS},
    )
    set_addresses(person, addresses)
    note(person, action=ConfigChange.Action.CREATED, before={}, after=_snapshot(person), by=by)
    return person


def _refuse_locking_out(person: User, facts: PersonFacts, *, by: User) -> None:
    if person.pk != by.pk:
        return
    if not facts.is_administrator:
        raise ValidationError({"is_administrator": _("You cannot take this mark from yourself. Ask a colleague.")})
    if not facts.is_active:
        raise ValidationError({"is_active": _("You cannot deactivate yourself. Ask a colleague.")})


def free_addresses(person: User | None, email: str, *further: str) -> list[str]:
    """The person's addresses, normalised, the primary one first; nobody else may have one of them.

    Raises `ValidationError` for the field `email` or `further`.
    """
    addresses = list(dict.fromkeys(normalise_address(address) for address in (email, *further)))
    others = EmailAddress.objects.filter(address__in=addresses).select_related("user")
    logins = User.objects.filter(email__in=addresses)
    if person is not None:
        others, logins = others.exclude(user=person), logins.exclude(pk=person.pk)
    taken = {found.address: found.user for found in others} | {found.email: found for found in logins}
    for address, owner in taken.items():
        field = "email" if address == addresses[0] else "further"
        words = {"address": address, "name": clean_line(str(owner), 100)}
        raise ValidationError({field: _("%(address)s belongs to %(name)s.") % words})
    return addresses


def set_addresses(person: User, addresses: list[str]) -> None:
    """Exactly these, which are free."""
    person.addresses.exclude(address__in=addresses).delete()
    known = set(person.addresses.values_list("address", flat=True))
    EmailAddress.objects.bulk_create(EmailAddress(user=person, address=a) for a in addresses if a not in known)


def _snapshot(person: User) -> dict[str, Any]:
    facts = {name: value for name, value in snapshot(person).items() if name in (*FIELDS, "email")}
    membership = person.memberships.select_related("organisation").filter(is_primary=True).first()
    return facts | {
        "addresses": sorted(person.addresses.values_list("address", flat=True)),
        "organisation": str(membership.organisation) if membership else None,
        "sees_all": bool(membership and membership.sees_all),
    }


def _members(organisation: Organisation, ids: set[int]) -> dict[str, bool]:
    found = Membership.objects.filter(organisation=organisation, user__in=ids).order_by("user__email")
    return dict(found.values_list("user__email", "sees_all"))
