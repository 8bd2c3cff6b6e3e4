"""What stands in a cell, as a value: dates, yes and no, several of them, one of a list. Pure.

All raise `Unfit` with a text for people.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.text import clean_line, fold, normalise_address
from imports.models import Dates

Value = TypeVar("Value")

_LOCAL = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([ap])?\.?m?\.?)?\s*\Z",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(?=\D|\Z)")
_EARLIEST = 1970
_YES = frozenset(["1", "yes", "y", "true", "x", "ja", "j", "wahr", "si", "s", "verdadero", "sim", "verdadeiro"])
_NO = frozenset(["0", "no", "n", "false", "nein", "falsch", "falso", "nao"])
SEPARATORS = re.compile(r"[;\n]")
LONGEST_SHOWN = 60


class Unfit(ValueError):
    """The cell does not say what its column is for."""


@dataclass(frozen=True)
class Reader:
    """What is to be known beside the cell: the zone of times that name none, and the order of days and months."""

    zone: ZoneInfo
    dates: str = Dates.DAY_FIRST

    def moment(self, text: str) -> datetime:
        """A day alone is its beginning."""
        try:
            found = datetime.fromisoformat(_YEAR_FIRST.sub(_as_iso, text, count=1))
        except ValueError:
            found = self._local(text)
        if not _EARLIEST <= found.year <= 2100:
            raise Unfit(_("“%(text)s” is not a date of our time.") % {"text": shortened(text)})
        aware = found if found.tzinfo else found.replace(tzinfo=self.zone)
        return aware.astimezone(UTC)

    def day(self, text: str) -> date:
        moment = self.moment(text)
        return moment.astimezone(self.zone).date()

    def _local(self, text: str) -> datetime:
        found = _LOCAL.match(text)
        try:
            if found is None:
                raise ValueError
            one, other, year = int(found[1]), int(found[2]), int(found[3])
            day, month = (one, other) if self.dates == Dates.DAY_FIRST else (other, one)
            year += 2000 if year < 100 else 0
            return datetime(year, month, day, _hour(found), int(found[5] or 0), int(found[6] or 0))  # noqa: DTZ001
        except ValueError as error:
            words = {"text": shortened(text)}
            raise Unfit(_("“%(text)s” is no date. Write it as 2026-12-31 or 2026-12-31 14:30.") % words) from error


def _as_iso(found: re.Match[str]) -> str:
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"


def _hour(found: re.Match[str]) -> int:
    hour = int(found[4] or 0)
    if not found[7]:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if found[7].lower() == "p" else 0)


def line(text: str, limit: int) -> str:
    """One line. Raises `Unfit` when it is too long: what is cut off would be lost unseen."""
    cleaned = clean_line(text, limit + 1)
    if len(cleaned) > limit:
        raise Unfit(_("It has more than %(number)s characters.") % {"number": limit})
    return cleaned


def prose(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Unfit(_("It has more than %(number)s characters.") % {"number": limit})
    return text


def yes_or_no(text: str) -> bool:
    word = fold(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise Unfit(_("“%(text)s” is neither yes nor no.") % {"text": shortened(text)})


def several(text: str) -> list[str]:
    """With semicolons or line breaks between them."""
    return list(dict.fromkeys(part.strip() for part in SEPARATORS.split(text) if part.strip()))


def address(text: str) -> str:
    """In the form in which addresses are compared."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise Unfit(_("“%(text)s” is no email address.") % {"text": shortened(text)}) from error
    normal = normalise_address(text)
    if len(normal) > 254:
        raise Unfit(_("It has more than %(number)s characters.") % {"number": 254})
    return normal


def language(text: str) -> str:
    """One of ours, by its code or by its name in one of them."""
    wanted = fold(text).replace("_", "-")
    found = _LANGUAGES.get(wanted) or _LANGUAGES.get(wanted.partition("-")[0])
    if found is None or found not in dict(settings.LANGUAGES):
        raise Unfit(_("There is no “%(text)s” to choose.") % {"text": shortened(text)})
    return found


_LANGUAGES = {
    name: code
    for code, names in {
        "en": "en english englisch ingles",
        "es": "es spanish spanisch espanol espanhol",
        "pt": "pt portuguese portugiesisch portugues",
        "de": "de german deutsch aleman alemao",
    }.items()
    for name in names.split()
}


def time_zone(text: str) -> str:
    if text in available_timezones():
        return text
    raise Unfit(_("“%(text)s” is no time zone. One looks like Europe/Lisbon.") % {"text": shortened(text)})


def choice(text: str, known: Mapping[str, Value]) -> Value:
    """One of these, by names that are folded already."""
    if (found := known.get(fold(text))) is not None:
        return found
    raise Unfit(_("There is no “%(text)s” to choose.") % {"text": shortened(text)})


def named(rows: Iterable[tuple[Value, Iterable[str]]]) -> dict[str, Value]:
    """For `choice`: rows by their names, the first of a name counts."""
    found: dict[str, Value] = {}
    for row, names in rows:
        for name in names:
            found.setdefault(fold(name), row)
    return found


def in_words(understood: Mapping[str, object], reader: Reader) -> dict[str, str]:
    """Values as people are shown them: times in the zone that was chosen."""
    return {key: _in_words(value, reader) for key, value in understood.items()}


def _in_words(value: object, reader: Reader) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(reader.zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return str(value)


def shortened(text: str) -> str:
    return clean_line(text, LONGEST_SHOWN)
