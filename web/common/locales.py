"""The languages and time zones people choose from."""

import zoneinfo
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

OUTDATED = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Canada/", "Mexico/", "Brazil/", "Chile/")

Choices = list[tuple[str, str | Promise]]


def language_choices() -> Choices:
    """Nothing chosen is a choice too."""
    return [("", _("Same as the browser")), *settings.LANGUAGES]


def zone_choices(current: str = "") -> Choices:
    """Places, or none. A zone that somebody has already stays, also when it is none of them."""
    known = _places()
    names = known if not current or current in known else [current, *known]
    unchosen = gettext("Zone of the installation (%(zone)s)") % {"zone": _spoken(settings.TIME_ZONE)}
    return [("", unchosen), *((name, _spoken(name)) for name in names)]


def _spoken(name: str) -> str:
    return name.replace("_", " ")


@cache
def _places() -> list[str]:
    """Without abbreviations, offsets and names that are kept for old times' sake."""
    found = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(OUTDATED))
    return ["UTC", *sorted(found)]
