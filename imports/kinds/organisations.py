"""Organisations by their name, or by the key that another system has for them. The file is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.customers import change_organisation
from accounts.domains import clean_domain, save_domains
from accounts.models import Organisation
from imports import values
from imports.kinds.base import CHANGED, CREATED, UNCHANGED, Cells, Column, Plan, Reading, Setting, said
from imports.kinds.finding import normal, organisation_of, organisations_named, origins_of
from imports.models import Origin, What

LONGEST_NOTES = 5_000
COLUMNS = (
    Column(
        "name",
        gettext_lazy("Name"),
        ("organisation", "organization", "company", "firma", "empresa", "nombre", "nome"),
        is_needed=True,
    ),
    Column(
        "external_id",
        gettext_lazy("Key in the other system"),
        ("id", "external id", "customer number", "kundennummer", "numero de cliente"),
        hint=gettext_lazy("With it an organisation is found again after it has been given another name."),
    ),
    Column("domains", gettext_lazy("Domains"), ("domain", "domanen", "dominios", "dominio")),
    Column("notes", gettext_lazy("Notes"), ("note", "notizen", "notiz", "notas", "nota")),
    Column("is_vip", gettext_lazy("VIP"), ("vip",)),
)


@dataclass(frozen=True)
class KnownOrganisations:
    by_name: dict[str, Organisation]
    by_key: dict[str, Organisation]
    # Of each of them, by its id, the domains with what their members see.
    domains: dict[int, dict[str, bool]]


class Organisations:
    key = "name"

    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def identity(self, cells: Cells) -> str:
        key = normal(cells.get("external_id", ""))
        return f"key {key}" if key else normal(cells.get("name", ""))

    def known(self, rows: Sequence[Cells], setting: Setting) -> KnownOrganisations:
        keys = [cells.get("external_id", "") for cells in rows]
        origins = origins_of(What.ORGANISATIONS, keys).select_related("organisation")
        by_key = {normal(origin.key): origin.organisation for origin in origins if origin.organisation is not None}
        by_name = organisations_named(cells.get("name", "") for cells in rows)
        ids = {row.pk for row in (*by_key.values(), *by_name.values())}
        found = Organisation.objects.filter(pk__in=ids).prefetch_related("domains")
        domains = {row.pk: {one.domain: one.sees_all for one in row.domains.all()} for row in found}
        return KnownOrganisations(by_name, by_key, domains)

    def plan(self, cells: Cells, known: KnownOrganisations, setting: Setting) -> Plan:
        row = Reading(cells)
        name = row.need("name", lambda text: values.line(text, 200))
        key = row.get("external_id", lambda text: values.line(text, 200))
        wanted = said(
            {
                "name": name,
                "notes": row.get("notes", lambda text: values.prose(text, LONGEST_NOTES)),
                "is_vip": row.get("is_vip", values.yes_or_no),
            }
        )
        domains = row.get("domains", _domains)
        found = known.by_key.get(normal(key or "")) or organisation_of(name or "", known.by_name)
        same_name = organisation_of(name or "", known.by_name)
        if found is not None and same_name is not None and same_name != found:
            row.refuse("name", _("There is already an organisation with this name."))
        row.end()
        is_linked = key is None or normal(key) in known.by_key
        if found is None:
            return Plan(CREATED, lambda: _save(Organisation(), wanted, domains, key, setting), row.understood)
        has = known.domains[found.pk]
        same = all(getattr(found, field) == value for field, value in wanted.items())
        if same and is_linked and (domains is None or set(domains) == set(has)):
            return Plan(UNCHANGED, understood=row.understood)
        return Plan(CHANGED, lambda: _save(found, wanted, domains, key, setting), row.understood)

    def finish(self, keys: Sequence[str]) -> None:
        """Organisations come as a whole."""


def _domains(text: str) -> list[str]:
    try:
        return [clean_domain(each) for each in values.several(text)]
    except ValidationError as error:
        raise values.Unfit(" ".join(error.messages)) from error


def _save(
    organisation: Organisation, wanted: dict[str, Any], domains: list[str] | None, key: str | None, setting: Setting
) -> None:
    with transaction.atomic():
        for field, value in wanted.items():
            setattr(organisation, field, value)
        change_organisation(organisation, by=setting.by)
        if domains is not None:
            has = dict(organisation.domains.values_list("domain", "sees_all"))
            save_domains(organisation, {domain: has.get(domain, False) for domain in domains}, by=setting.by)
        if key is not None:
            Origin.objects.filter(organisation=organisation).delete()
            origins_of(What.ORGANISATIONS, [key]).delete()
            Origin.objects.create(what=What.ORGANISATIONS, key=key, organisation=organisation)
