"""The languages and time zones people choose from."""

import zoneinfo
from collections import defaultdict
from functools import cache

from babel.dates import get_timezone_location
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.moments import locale_of
from core.text import fold

# Continents and oceans as the database of zones has them, with the codes that CLDR has for some of them.
REGIONS = {
    "Africa": "002",
    "America": "019",
    "Antarctica": "AQ",
    "Arctic": _("Arctic"),
    "Asia": "142",
    "Atlantic": _("Atlantic"),
    "Australia": "AU",
    "Europe": "150",
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}

Choices = list[tuple[str, str | Promise]]
Places = list[tuple[str, str]]


def language_choices() -> Choices:
    """Nothing chosen is a choice too."""
    return [("", _("Same as the browser")), *settings.LANGUAGES]


def zone_choices(current: str = "") -> list[tuple[str, str | Places]]:
    """Places by region in the reader's language, or none. A zone that somebody has already stays, whatever it is."""
    regions = _regions(get_language() or settings.LANGUAGE_CODE)
    kept = [] if not current or is_offered(current) else [(current, _spoken(current))]
    unchosen = gettext("Zone of the installation (%(zone)s)") % {"zone": _spoken(settings.TIME_ZONE)}
    return [("", unchosen), *kept, ("UTC", "UTC"), *regions]


def is_offered(zone: str) -> bool:
    """Whether it is one of the places that anybody may choose."""
    regions = _regions(get_language() or settings.LANGUAGE_CODE)
    return zone == "UTC" or any(zone == name for _region, places in regions for name, _place in places)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


@cache
def _regions(language: str) -> list[tuple[str, Places]]:
    """Without abbreviations, offsets, and names that are kept for old times' sake."""
    locale = locale_of(language)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, place = name.partition("/")
        if region not in REGIONS or not place:
            continue
        spoken = get_timezone_location(name, locale=locale, return_city=True)
        # Two names of one place, an old one and today's: that is the one which speaks like the place.
        if spoken not in found[region] or place == get_timezone_location(name, locale="en", return_city=True):
            found[region][spoken] = name
    titles = {region: locale.territories.get(code) or str(code) for region, code in REGIONS.items()}
    return [
        (title, [(found[region][place], place) for place in sorted(found[region], key=fold)])
        for region, title in sorted(titles.items(), key=lambda entry: fold(entry[1]))
    ]
