"""When something of a process is due: spans from now on, set times, dates in fields of the ticket; in business time
where the drawing says so (the opening hours of the ticket's queue)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from automation.answers import LONGEST, span
from sla.hours import SECOND, Hours
from sla.terms import hours_in
from tickets.models import Ticket

# ISO 8601 as BPMN writes it. Years and months have no length of their own.
_ISO = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?\Z"
)
_DAYS = re.compile(r"(\d{1,5})d\Z")
_OFFSET = re.compile(r"([+-])(\d{1,5}[mhd])\Z")


class NoTime(ValueError):
    """There is no such time: the field of the ticket is empty, or the opening hours never come."""


def iso_span(text: str) -> timedelta:
    """ "PT4H", "P2DT30M", "P1W". Raises `ValidationError`."""
    found = _ISO.match(text)
    parts = {name: int(number) for name, number in (found.groupdict() if found else {}).items() if number}
    length = timedelta(**parts)
    if not timedelta(0) < length <= LONGEST:
        raise ValidationError(_("Write a duration such as PT4H or P2D; years and months are not possible."))
    return length


def iso_moment(text: str) -> datetime:
    """ "2026-12-24T09:00+01:00"; without a zone it is that of the installation. Raises `ValidationError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Write a time such as 2026-12-24T09:00+01:00.")) from error
    return moment if moment.tzinfo else timezone.make_aware(moment)


def check_span(setting: Any) -> None:
    """`{"after": "2d", "business": true}`. Raises `ValidationError`."""
    if not isinstance(setting, Mapping) or set(setting) - {"after", "business"}:
        raise ValidationError(_("Write a time such as 30m, 4h or 2d."))
    span(str(setting.get("after", "")))


def after(setting: Mapping[str, Any], ticket: Ticket, start: datetime) -> datetime:
    """When a span that begins at `start` is over. Raises `NoTime`."""
    length = span(str(setting["after"]))
    if not setting.get("business"):
        return start + length
    hours = hours_in(ticket.queue_id)
    days = _DAYS.match(str(setting["after"]))
    seconds = int(days[1]) * day_of(hours) if days else length.total_seconds()
    end = hours.add(start, seconds)
    if end is None:
        raise NoTime(_("The opening hours never come."))
    return end


def day_of(hours: Hours) -> float:
    """Seconds of business time that a day has: those of the week over the days that are open at all."""
    lengths = [sum(end - start for start, end in ranges) for ranges in hours.week]
    open_days = [length for length in lengths if length]
    return sum(open_days) / len(open_days) / SECOND if open_days else 86_400


def at_field(setting: Mapping[str, Any], ticket: Ticket) -> datetime:
    """The beginning of the day that stands in a field, earlier or later by `offset`. Raises `NoTime`."""
    value = ticket.custom_fields.get(str(setting["field"]))
    try:
        day = date.fromisoformat(str(value))
    except ValueError as error:
        raise NoTime(_("The field “%(field)s” has no date.") % {"field": setting["field"]}) from error
    zone = hours_in(ticket.queue_id).time_zone
    moment = datetime.combine(day, time(0), tzinfo=zone) + offset(setting.get("offset") or "")
    if not setting.get("business"):
        return moment
    opening = hours_in(ticket.queue_id).next_opening(moment)
    if opening is None:
        raise NoTime(_("The opening hours never come."))
    return opening


def offset(text: str) -> timedelta:
    """ "-1d", "+4h", "" for none. Raises `ValidationError`."""
    if not text:
        return timedelta(0)
    found = _OFFSET.match(text)
    if not found:
        raise ValidationError(_("Write a time such as -1d or +4h."))
    length = span(found[2])
    return -length if found[1] == "-" else length
