"""The Date header in the many forms that programs give it; the standard library reads the rest."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})? ?(Z|[+-]\d\d:?\d\d)?")
_OFFSET = re.compile(r"(\d\d:\d\d(?::\d\d)?) ?(?:GMT|UTC|UT)? ?([+-])(\d{1,2}?):?(\d\d)?(?!\d)")
_HALF_OF_THE_DAY = re.compile(r"(?i)\b(\d{1,2})(:\d\d(?::\d\d)?) ?([ap])\.?m\b\.?")
_LEAP_SECOND = re.compile(r"(\d\d:\d\d):60\b")
_DAY_AND_MONTH = re.compile(r"\b(\d{1,2})\.? (?:de )?([^\W\d_]{3,10})\.?(?: de)?(?= )")
# Of programs that write the month in the language of their users: its first letters.
_MONTHS = {
    letters: month
    for month, words in {
        "Jan": "jan ene gen",
        "Feb": "feb fev fév",
        "Mar": "mar mär mrz",
        "Apr": "apr abr avr",
        "May": "may mai maj mag",
        "Jun": "jun juin giu",
        "Jul": "jul juil lug",
        "Aug": "aug ago aoû",
        "Sep": "sep set",
        "Oct": "oct okt out ott",
        "Nov": "nov",
        "Dec": "dec dez dic déc",
    }.items()
    for letters in words.split()
}
_ZONE = re.compile(r"(\d\d:\d\d(?::\d\d)?) ?\(?([A-Z]{3,5})\b")
# Names that RFC 5322 does not know, where they mean one thing only.
_ZONES = {
    "CET": "+0100",
    "CEST": "+0200",
    "MEZ": "+0100",
    "MESZ": "+0200",
    "MET": "+0100",
    "MEST": "+0200",
    "WET": "+0000",
    "WEST": "+0100",
    "BST": "+0100",
    "EET": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "JST": "+0900",
    "KST": "+0900",
    "BRT": "-0300",
    "ART": "-0300",
}


def read_date(value: str) -> datetime | None:
    """The moment with its offset, UTC where none is said; None if nobody can tell or no living mail is so old."""
    value = value.strip()[:100]
    try:
        date = _iso(value) or parsedate_to_datetime(_with_plain_offset(_as_usual(value)))
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
        offset = date.utcoffset() or timedelta()
        if 1970 < date.year < 2100 and abs(offset) < timedelta(hours=24):
            date.astimezone(UTC)
            return date
    except (ValueError, TypeError, IndexError, OverflowError, KeyError, AttributeError):
        pass
    return None


def _iso(value: str) -> datetime | None:
    match = _ISO.match(value)
    return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}") if match else None


def _as_usual(value: str) -> str:
    """With hours from 0 to 23 and the English month."""
    value = _LEAP_SECOND.sub(r"\1:59", value)
    value = _HALF_OF_THE_DAY.sub(lambda m: f"{int(m[1]) % 12 + 12 * (m[3] in 'pP'):02}{m[2]}", value)
    return _DAY_AND_MONTH.sub(_in_english, value)


def _in_english(match: re.Match[str]) -> str:
    month = match[2].lower()
    known = _MONTHS.get(month[:4]) or _MONTHS.get(month[:3])
    return f"{match[1]} {known}" if known else match[0]


def _with_plain_offset(value: str) -> str:
    """`10:00:00 GMT+2`, `10:00 +02:00` and `10:00 CEST` as the standard has them."""
    if match := _OFFSET.search(value):
        offset = f"{match[2]}{int(match[3]):02}{match[4] or '00'}"
    elif (match := _ZONE.search(value)) and match[2] in _ZONES:
        offset = _ZONES[match[2]]
    else:
        return value
    return f"{value[: match.start()]}{match[1]} {offset}{value[match.end() :]}"
