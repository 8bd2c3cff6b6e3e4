"""Spans of time as people write them: "30 min", "4 h", "1 h 30 min", "2 d". Values in, words out.

How long a day of business time is depends on the calendar, so it is said with each of them: `day`, in seconds.
"""

import re

from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86_400
# "90 min" is one piece, "1 h 30 min" two.
_PIECE = re.compile(r"(\d{1,9}(?:[.,]\d{1,4})?)\s*([^\W\d_]+)\.?\s*")
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)\Z")
# In the languages of the interface, so that what is shown can be typed.
_UNITS = {
    "second": ("s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden", "segundo", "segundos"),
    "minute": ("m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos"),
    "hour": ("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "hora", "horas"),
    "day": ("d", "day", "days", "t", "tag", "tage", "tagen", "día", "días", "dia", "dias"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}


def parse_duration(text: str, *, day: int = DAY) -> int:
    """Seconds. Raises `ValueError` for what is no span; a number alone is none, as it could be minutes or hours."""
    text = text.strip()
    if clock := _CLOCK.match(text):
        return int(clock[1]) * HOUR + int(clock[2]) * MINUTE
    seconds = {"second": 1, "minute": MINUTE, "hour": HOUR, "day": day}
    total, at = 0.0, 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        unit = _UNIT_OF.get(piece[2].casefold()) if piece else None
        if piece is None or unit is None:
            raise ValueError(text)
        total += float(piece[1].replace(",", ".")) * seconds[unit]
        at = piece.end()
    if not text:
        raise ValueError(text)
    return round(total)


def written_duration(seconds: int, *, day: int = DAY) -> str:
    """As it could have been typed: whole days from two on, else hours and minutes."""
    if day > 0 and seconds >= 2 * day and seconds % day == 0:
        return _("%(number)s d") % {"number": seconds // day}
    hours, rest = divmod(seconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = [
        _("%(number)s h") % {"number": hours} if hours else "",
        _("%(number)s min") % {"number": minutes} if minutes else "",
        _("%(number)s s") % {"number": rest} if rest else "",
    ]
    return " ".join(filter(None, parts)) or _("%(number)s min") % {"number": 0}
