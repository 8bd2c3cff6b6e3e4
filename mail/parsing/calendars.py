"""The first event of a calendar file (RFC 5545), as an invitation: what, when and where. Rules are never unrolled."""

import re
from datetime import date, datetime, timedelta

from core.text import clean_line
from mail.parsing.model import Invitation

TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
MAX_CALENDAR = 512 * 1024
MAX_TEXT = 10_000

_LINE = re.compile(
    r"([A-Za-z][A-Za-z0-9-]{0,60})((?:;[^:\"\n]{0,2000}(?:\"[^\"\n]{0,2000}\"[^:\"\n]{0,2000})*+)?):(.*)"
)
_PARAMETER = re.compile(r";([A-Za-z-]{1,40})=(?:\"([^\"\n]*)\"|([^;:\n]*))")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?$")
_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$")
_ESCAPE = re.compile(r"\\(.)")
Fields = dict[str, tuple[dict[str, str], str]]


def read_invitation(text: str, *, method: str = "") -> Invitation | None:
    """The event somebody is asked to, told about or answers; None if there is none in it."""
    calendar, event = _fields(text[:MAX_CALENDAR])
    if "DTSTART" not in event:
        return None
    starts, zone, whole_day = _moment(*event["DTSTART"])
    if starts is None:
        return None
    name, organiser = _person(event.get("ORGANIZER"))
    return Invitation(
        method=clean_line(calendar.get("METHOD", ({}, method))[1], 20).upper(),
        summary=clean_line(_text(event, "SUMMARY"), 300),
        location=clean_line(_text(event, "LOCATION"), 300),
        description=_text(event, "DESCRIPTION")[:MAX_TEXT].strip(),
        organiser=clean_line(organiser, 320),
        organiser_name=clean_line(name, 150),
        starts=starts,
        ends=_end(event, starts, whole_day=whole_day),
        whole_day=whole_day,
        zone=clean_line(zone, 60),
        repeats="RRULE" in event or "RDATE" in event,
        cancelled=event.get("STATUS", ({}, ""))[1].strip().upper() == "CANCELLED",
        answer=clean_line(event.get("ATTENDEE", ({}, ""))[0].get("PARTSTAT", ""), 20).upper(),
    )


def _fields(text: str) -> tuple[Fields, Fields]:
    """The first value of each property, of the calendar and of its first event."""
    calendar: Fields = {}
    event: Fields = {}
    inside: list[str] = []
    for line in re.sub(r"\n[ \t]", "", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
        match = _LINE.match(line.strip())
        if match is None:
            continue
        name, value = match[1].upper(), match[3]
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END" and inside:
            if inside.pop() == "VEVENT":
                break
        elif inside in (["VCALENDAR"], ["VCALENDAR", "VEVENT"], ["VEVENT"]):
            parameters = {key.upper(): quoted or plain for key, quoted, plain in _PARAMETER.findall(match[2])}
            (event if inside[-1] == "VEVENT" else calendar).setdefault(name, (parameters, value))
    return calendar, event


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, ({}, ""))[1]
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _moment(parameters: dict[str, str], value: str) -> tuple[datetime | None, str, bool]:
    """The moment as the clock on the wall shows it, the zone of that wall, and whether only the day counts."""
    match = _MOMENT.match(value.strip())
    if match is None:
        return None, "", False
    try:
        numbers = [int(number or 0) for number in match.groups()[:6]]
        moment = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None, "", False
    return moment, "UTC" if match[7] else parameters.get("TZID", ""), match[4] is None


def _end(event: Fields, starts: datetime, *, whole_day: bool) -> datetime | None:
    """When it is over; the last day itself where only days count, not the day after as the format has it."""
    ends = _moment(*event["DTEND"])[0] if "DTEND" in event else None
    if ends is None and (match := _DURATION.match(event.get("DURATION", ({}, ""))[1].strip())):
        weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        ends = starts + length if starts.date() < date.max - length - timedelta(days=2) else None
    if ends is None or ends <= starts:
        return None
    return ends - timedelta(days=1) if whole_day else ends


def _person(field: tuple[dict[str, str], str] | None) -> tuple[str, str]:
    if field is None:
        return "", ""
    parameters, value = field
    address = value.strip()
    return parameters.get("CN", ""), address[7:] if address[:7].lower() == "mailto:" else ""
