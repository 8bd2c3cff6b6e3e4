"""Customers by their email address. The file is right: what it says of somebody is so afterwards.

Colleagues are not changed by any file: whoever could give an administrator another address would soon be one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.customers import FIELDS, CustomerFacts, add_customer, change_customer, customers_of
from accounts.models import EmailAddress, Organisation, User
from core.text import normalise_address
from imports import values
from imports.kinds.base import CHANGED, CREATED, UNCHANGED, Cells, Column, Plan, Reading, Setting, said
from imports.kinds.finding import organisation_of, organisations_named

MOST_ADDRESSES = 20
LONGEST_NOTES = 5_000
COLUMNS = (
    Column(
        "email",
        gettext_lazy("Email"),
        ("e mail", "mail", "email address", "e mail adresse", "correo", "correo electronico", "correio eletronico"),
        is_needed=True,
    ),
    Column("name", gettext_lazy("Name"), ("full name", "vollstandiger name", "nombre", "nome", "nome completo")),
    Column(
        "first_name",
        gettext_lazy("First name"),
        ("given name", "forename", "vorname", "nombre de pila", "primeiro nome"),
    ),
    Column(
        "last_name",
        gettext_lazy("Last name"),
        ("surname", "family name", "nachname", "familienname", "apellido", "apellidos", "apelido", "sobrenome"),
    ),
    Column("further", gettext_lazy("Other addresses"), ("further addresses", "weitere adressen", "otras direcciones")),
    Column(
        "phone",
        gettext_lazy("Phone"),
        (
            "telephone",
            "telefon",
            "telefono",
            "telefone",
            "tel",
            "phone number",
            "business phone",
            "work phone",
            "telefonnummer",
            "telefon geschaftlich",
            "telefono del trabajo",
            "telefone comercial",
        ),
    ),
    Column(
        "organisation", gettext_lazy("Organisation"), ("organization", "company", "firma", "unternehmen", "empresa")
    ),
    Column("sees_all", gettext_lazy("Sees all requests of the organisation"), ("sees all", "sieht alle anfragen")),
    Column("language", gettext_lazy("Language"), ("sprache", "idioma", "lingua")),
    Column("time_zone", gettext_lazy("Time zone"), ("timezone", "zeitzone", "zona horaria", "fuso horario")),
    Column("notes", gettext_lazy("Notes"), ("note", "notizen", "notiz", "notas", "nota")),
    Column("is_vip", gettext_lazy("VIP"), ("vip",)),
)


@dataclass(frozen=True)
class KnownPeople:
    """People by address, what is said of those who may be changed, and organisations by name."""

    people: dict[str, User]
    facts: dict[int, CustomerFacts]
    organisations: dict[str, Organisation]


class People:
    key = "email"

    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def identity(self, cells: Cells) -> str:
        return normalise_address(cells.get("email", ""))

    def known(self, rows: Sequence[Cells], setting: Setting) -> KnownPeople:
        named = {address for cells in rows for address in _addresses(cells)}
        found = EmailAddress.objects.filter(address__in=named).select_related("user")
        people = {row.address: row.user for row in found}
        mine = customers_of(setting.by).filter(pk__in={person.pk for person in people.values()})
        changeable = mine.prefetch_related("addresses", "memberships__organisation")
        names = {name for cells in rows for name in values.several(cells.get("organisation", ""))}
        organisations = organisations_named(names)
        return KnownPeople(people, {person.pk: facts_of(person) for person in changeable}, organisations)

    def plan(self, cells: Cells, known: KnownPeople, setting: Setting) -> Plan:
        row = Reading(cells)
        email = row.need("email", values.address)
        wanted = _said(row, known)
        person = known.people.get(email or "")
        _refuse_foreign(row, email, wanted.get("further", ()), person, known)
        row.end()
        assert email is not None
        if person is None:
            new = _with_sight(replace(CustomerFacts(email=email, name=""), **_plain(wanted)), wanted)
            return Plan(CREATED, lambda: add_customer(new, by=setting.by), row.understood)
        before = known.facts[person.pk]
        after = _changed(before, email, wanted)
        if _comparable(after) == _comparable(before):
            return Plan(UNCHANGED, understood=row.understood)
        return Plan(CHANGED, lambda: _change(person.pk, email, wanted, setting), row.understood)

    def finish(self, keys: Sequence[str]) -> None:
        """People come as a whole."""


def _change(pk: int, email: str, wanted: dict[str, Any], setting: Setting) -> None:
    """By what is so now: an earlier row of the same chunk may have been about the same person."""
    person = User.objects.prefetch_related("addresses", "memberships__organisation").get(pk=pk)
    change_customer(person, _changed(facts_of(person), email, wanted), by=setting.by)


def facts_of(person: User) -> CustomerFacts:
    """What is known of a customer whose addresses and memberships are at hand."""
    memberships = sorted(person.memberships.all(), key=lambda one: (not one.is_primary, one.organisation.name))
    further = sorted(one.address for one in person.addresses.all() if one.address != person.email)
    return CustomerFacts(
        email=person.email,
        further=tuple(further),
        organisations=tuple(one.organisation for one in memberships),
        sees_all=frozenset(one.organisation_id for one in memberships if one.sees_all),
        **{name: getattr(person, name) for name in FIELDS},
    )


def _addresses(cells: Cells) -> list[str]:
    return [normalise_address(text) for text in (cells.get("email", ""), *values.several(cells.get("further", "")))]


def _said(row: Reading, known: KnownPeople) -> dict[str, Any]:
    return said(
        {
            "name": _name(row),
            "further": row.get("further", _further),
            "phone": row.get("phone", lambda text: values.line(text, 50)),
            "language": row.get("language", values.language),
            "time_zone": row.get("time_zone", values.time_zone),
            "notes": row.get("notes", lambda text: values.prose(text, LONGEST_NOTES)),
            "is_vip": row.get("is_vip", values.yes_or_no),
            "organisations": row.get("organisation", lambda text: _organisations(text, known)),
            "all": row.get("sees_all", values.yes_or_no),
        }
    )


def _name(row: Reading) -> str | None:
    """As a whole, or of its parts; "Name" beside a first name alone is what stands behind it."""
    whole, first, last = (
        row.get(key, lambda text: values.line(text, 150)) for key in ("name", "first_name", "last_name")
    )
    parts = [part for part in (first, whole or last) if part]
    if whole and last and not first:
        parts = [whole, last]
    if whole and (first and last or any(part in whole for part in (first, last) if part)):
        parts = [whole]
    return values.line(" ".join(parts), 150) if parts else None


def _further(text: str) -> tuple[str, ...]:
    found = tuple(values.address(each) for each in values.several(text))
    if len(found) > MOST_ADDRESSES:
        raise values.Unfit(_("It names more than %(number)s addresses.") % {"number": MOST_ADDRESSES})
    return found


def _organisations(text: str, known: KnownPeople) -> tuple[Organisation, ...]:
    found = []
    for name in values.several(text):
        if (organisation := organisation_of(name, known.organisations)) is None:
            words = {"name": values.shortened(name)}
            raise values.Unfit(_("There is no organisation “%(name)s”. Import or add it first.") % words)
        found.append(organisation)
    return tuple(dict.fromkeys(found))


def _refuse_foreign(
    row: Reading, email: str | None, further: Sequence[str], person: User | None, known: KnownPeople
) -> None:
    if person is not None and person.pk not in known.facts:
        row.refuse("email", _("This is no customer's address. Colleagues are changed in the administration alone."))
    for address in further:
        owner = known.people.get(address)
        if owner is not None and owner != person:
            row.refuse("further", _("%(address)s belongs to %(name)s.") % {"address": address, "name": owner})


def _plain(wanted: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in wanted.items() if key != "all"}


def _changed(before: CustomerFacts, email: str, wanted: dict[str, Any]) -> CustomerFacts:
    """The address by which somebody signs in stays, when the file names another one of theirs."""
    after = replace(before, **_plain(wanted))
    if "further" in wanted:
        own = {*wanted["further"], email} - {before.email}
        after = replace(after, further=tuple(sorted(own)))
    return _with_sight(after, wanted)


def _with_sight(facts: CustomerFacts, wanted: dict[str, Any]) -> CustomerFacts:
    ids = frozenset(one.pk for one in facts.organisations)
    if "all" in wanted:
        return replace(facts, sees_all=ids if wanted["all"] else frozenset())
    return replace(facts, sees_all=facts.sees_all & ids)


def _comparable(facts: CustomerFacts) -> CustomerFacts:
    return replace(facts, further=tuple(sorted(facts.further)))
