"""A text field that names people: "Bea Costa <bea@demo.example>, carlos@demo.example". Works without script."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import CharField
from django.utils.translation import gettext as _

from accounts.models import User
from core.text import clean_line, normalise_address

LIMIT = 500
_BETWEEN = re.compile(r"[,;\n]")
_BRACKETS = re.compile(r"<([^<>]*)>\s*$")
_NOT_IN_NAMES = re.compile(r'[<>,;"]')


class PeopleField(CharField):
    """Cleans to a list of people out of `people`; raises an error that names whoever is not among them."""

    def __init__(self, *, people: QuerySet[User], unknown: str, **options) -> None:
        super().__init__(max_length=100_000, **options)
        self.people, self.unknown = people, unknown

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else ", ".join(named(person) for person in value)

    def clean(self, value: str) -> list[User]:
        text = super().clean(value)
        wanted = dict.fromkeys(_address(part) for part in _BETWEEN.split(text) if part.strip())
        if len(wanted) > LIMIT:
            raise ValidationError(_("That is too many people at once."))
        known: dict[str, User] = {}
        for person in self.people.filter(Q(email__in=wanted) | Q(addresses__address__in=wanted)).prefetch_related(
            "addresses"
        ):
            known |= {row.address: person for row in person.addresses.all()} | {person.email: person}
        unknown = [address for address in wanted if address not in known]
        if unknown:
            raise ValidationError([self.unknown % {"address": clean_line(address, 100)} for address in unknown[:5]])
        return list(dict.fromkeys(known[address] for address in wanted))


def named(person: User) -> str:
    """As the field writes and the list of suggestions offers it."""
    name = clean_line(_NOT_IN_NAMES.sub(" ", person.name), 60)
    return f"{name} <{person.email}>" if name else person.email


def suggestions(people: Iterable[User]) -> list[str]:
    return [named(person) for person in people]


def _address(part: str) -> str:
    found = _BRACKETS.search(part)
    return normalise_address(found.group(1) if found else part)
