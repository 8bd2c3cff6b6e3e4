"""Public holidays by country and region, from the package `holidays`: names and days, nothing else of it is used."""

from collections.abc import Iterable
from datetime import date
from functools import cache

import holidays


class UnknownCountry(ValueError):
    """The package knows no such country, or no such region of it."""


@cache
def regions() -> dict[str, list[str]]:
    """By country (ISO 3166-1, two letters) its regions (as in ISO 3166-2, without the country)."""
    return {code: list(names) for code, names in holidays.list_supported_countries(include_aliases=False).items()}


def region_names(country: str) -> dict[str, str]:
    """The regions of a country by what they are called there, where that is known."""
    aliases = getattr(holidays.country_holidays(country), "subdivisions_aliases", {})
    named = {code: name for name, code in reversed(aliases.items())}
    return {code: named.get(code, code) for code in regions().get(country, [])}


def public_holidays(country: str, region: str, years: Iterable[int]) -> dict[date, str]:
    """The days off of these years, with their names in a language of the country. Raises `UnknownCountry`."""
    known = regions()
    if country not in known or (region and region not in known[country]):
        raise UnknownCountry(f"{country} {region}".strip())
    found = holidays.country_holidays(country, subdiv=region or None, years=sorted(years))
    return dict(sorted(found.items()))
