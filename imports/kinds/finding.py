"""What is there already by a name or a key that a file gives: blanks and case aside, the same in all files."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import Organisation
from core.text import clean_line
from imports.models import Origin

LONGEST = 200


def normal(text: str) -> str:
    """By what keys and names are compared."""
    return clean_line(text, LONGEST).lower()


def origins_of(what: str, keys: Iterable[str]) -> QuerySet[Origin]:
    wanted = {normal(key) for key in keys} - {""}
    return Origin.objects.alias(compared=Lower("key")).filter(what=what, compared__in=wanted).order_by("-id")


def organisations_named(names: Iterable[str]) -> dict[str, Organisation]:
    """By their normal names; and by their own, where several differ in nothing else."""
    wanted = {normal(name) for name in names} - {""}
    found: list[Organisation] = list(
        Organisation.objects.alias(compared=Lower("name")).filter(compared__in=wanted).order_by("-id")
    )
    return {normal(row.name): row for row in found} | {row.name: row for row in found}


def organisation_of(name: str, known: dict[str, Organisation]) -> Organisation | None:
    return known.get(clean_line(name, LONGEST)) or known.get(normal(name))
