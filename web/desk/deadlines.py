"""Deadlines as chips: how much business time is left, of which promise, exactly when. Pure rendering but for
`with_deadlines`, which asks once for all tickets of a page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from zlib import crc32

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import moments
from core.clock import now
from core.durations import written_duration
from sla.models import Kind
from sla.standing import Look, Standing, deadlines_of
from tickets.models import Ticket
from web.common.templatetags.ui import icon

MINUTE = 60
MANY_HOURS = 10

# What is to be done, as short as it fits into a chip; %(time)s is what is left of business time, or too much of it.
LEFT: Mapping[Kind, str | Promise] = {
    Kind.FIRST_RESPONSE: _("Reply %(time)s"),
    Kind.NEXT_RESPONSE: _("Reply %(time)s"),
    Kind.UPDATE: _("Update %(time)s"),
    Kind.SOLUTION: _("Solve %(time)s"),
    Kind.STAY: _("Pass on %(time)s"),
    Kind.LOCK: _("Unlock %(time)s"),
}
LATE: Mapping[Kind, str | Promise] = {
    Kind.FIRST_RESPONSE: _("Reply %(time)s late"),
    Kind.NEXT_RESPONSE: _("Reply %(time)s late"),
    Kind.UPDATE: _("Update %(time)s late"),
    Kind.SOLUTION: _("Solve %(time)s late"),
    Kind.STAY: _("Pass on %(time)s late"),
    Kind.LOCK: _("Unlock %(time)s late"),
}
# Without the kind, where it stands beside.
LEFT_ALONE, LATE_ALONE = _("%(time)s left"), _("%(time)s late")
PAUSED = pgettext_lazy("clock", "Paused")
STYLES = {
    Look.FINE: ("", "clock"),
    Look.SOON: ("sla--warn", "clock"),
    Look.LATE: ("sla--breach", "warn"),
    Look.PAUSED: ("sla--paused", "pause"),
    Look.STOPPED: ("sla--paused", "pause"),
    Look.MET: ("sla--met", "check"),
    Look.MISSED: ("sla--breach", "warn"),
}
NOTHING = SafeString('<span class="sla sla--none" aria-hidden="true">–</span>')


def with_deadlines(tickets: Iterable[Ticket]) -> Sequence[Ticket]:
    """The same tickets, each with its `deadline` (a `Standing`, or None): one query."""
    tickets = list(tickets)
    found = deadlines_of(tickets, now())
    for ticket in tickets:
        ticket.deadline = found.get(ticket.pk)
    return tickets


def chip(standing: Standing | None, *, alone: bool = False) -> SafeString:
    """The chip of a clock. `alone`: the name of the promise stands beside it."""
    if standing is None:
        return NOTHING
    if standing.look in (Look.FINE, Look.SOON, Look.LATE):
        return _running(standing, alone=alone)
    css, sign = STYLES[standing.look]
    about = _about(standing.kind, standing.look, None, _reader())
    if standing.look == Look.MET and standing.spent == 0:
        about = gettext("%(promise)s, in time: no working time was used") % {"promise": standing.kind.label}
    return format_html(
        '<span class="sla {}" title="{}">{}<span aria-hidden="true">{}</span><span class="sr-only">{}</span></span>',
        css,
        about,
        icon(sign),
        _over(standing),
        about,
    )


def unreached_chip(standing: Standing) -> SafeString:
    """Of a clock that is met by a message which nobody has got: that comes before whether it was in time."""
    about = gettext("%(promise)s: the answer was not delivered") % {"promise": standing.kind.label}
    return format_html(
        '<span class="sla sla--warn" title="{}">{}<span aria-hidden="true">{}</span>'
        '<span class="sr-only">{}</span></span>',
        about,
        icon("warn"),
        gettext("not delivered"),
        about,
    )


def mark_of(standing: Standing | None) -> str:
    """Short, and another one when the chip would look otherwise than by the passing of time."""
    if standing is None:
        return ""
    return f".{crc32(f'{standing.kind} {standing.look} {standing.due_at}'.encode()) & 0xFFFF:04x}"


def short_time(seconds: int) -> str:
    """ "22m", "2h 05m", "30h": minutes do not matter any more where there are many hours."""
    minutes = max(1, seconds // MINUTE)
    if minutes < 60:
        return gettext("%(minutes)sm") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours >= MANY_HOURS:
        return gettext("%(hours)sh") % {"hours": hours}
    return gettext("%(hours)sh %(minutes)sm") % {"hours": hours, "minutes": f"{minutes:02}"}


def long_time(seconds: int) -> str:
    """ "2 h 5 min": whole minutes, but for what is shorter than one."""
    return written_duration(seconds if seconds < MINUTE else seconds // MINUTE * MINUTE, day=0)


def _running(standing: Standing, *, alone: bool) -> SafeString:
    """Between two looks at the server <sla-timer> lets the time pass, as long as the calendar is open."""
    is_late = standing.look == Look.LATE
    css, sign = STYLES[standing.look]
    # minutes that have begun are left
    left = -standing.left if is_late else standing.left + MINUTE - 1
    begins, ends = standing.counts or (None, None)
    reader = _reader()
    about = _about(standing.kind, standing.look, standing.due_at, reader)
    words, patterns = _words(standing.kind, reader[0], is_late=is_late, alone=alone)
    return format_html(
        '<sla-timer data-left="{}" data-from="{}" data-to="{}" data-words="{}"><time class="sla {}" '
        'datetime="{}" title="{}">{}<span class="sr-only">{}: </span><span data-time>{}</span></time></sla-timer>',
        min(standing.left, -1) if is_late else standing.left,
        _epoch(max(begins, now())) if begins else "",
        _epoch(ends) if ends else "",
        patterns,
        css,
        standing.due_at.isoformat(timespec="seconds") if standing.due_at else "",
        about,
        icon(sign),
        about,
        words % {"time": short_time(left)},
    )


@lru_cache(maxsize=500)
def _words(kind: Kind, _language: str | None, *, is_late: bool, alone: bool) -> tuple[str, str]:
    """The words of a chip, and the three forms of them between which the browser chooses."""
    words = str((LATE_ALONE if is_late else LEFT_ALONE) if alone else (LATE if is_late else LEFT)[kind])
    forms = [
        gettext("%(minutes)sm") % {"minutes": "%m"},
        gettext("%(hours)sh %(minutes)sm") % {"hours": "%h", "minutes": "%m"},
        gettext("%(hours)sh") % {"hours": "%h"},
    ]
    return words, "|".join(words % {"time": form} for form in forms)


def _over(standing: Standing) -> str:
    if standing.look == Look.MET and standing.spent == 0:
        return gettext("met at once")
    if standing.look == Look.MET:
        return gettext("met in %(time)s") % {"time": short_time(standing.spent)}
    if standing.look == Look.MISSED:
        return gettext("met %(time)s late") % {"time": short_time(-standing.left)}
    return str(PAUSED) if standing.look == Look.PAUSED else gettext("Stopped")


def _reader() -> tuple[str | None, str]:
    return get_language(), timezone.get_current_timezone_name()


@lru_cache(maxsize=5_000)
def _about(kind: Kind, look: Look, due_at: datetime | None, _reader: tuple[str | None, str]) -> str:
    """Which promise it is and exactly when, in words that stay true while the chip counts."""
    if look == Look.PAUSED:
        return gettext("%(promise)s, paused: this time does not count") % {"promise": kind.label}
    if look == Look.STOPPED:
        return gettext("%(promise)s, stopped") % {"promise": kind.label}
    if look == Look.MET:
        return gettext("%(promise)s, in time") % {"promise": kind.label}
    if look == Look.MISSED:
        return gettext("%(promise)s, too late") % {"promise": kind.label}
    if due_at is None:
        return gettext("%(promise)s, never due: its calendar has no opening hours") % {"promise": kind.label}
    words = (
        gettext("%(promise)s, was due on %(time)s") if look == Look.LATE else gettext("%(promise)s, due on %(time)s")
    )
    return words % {"promise": kind.label, "time": moments.full_moment(due_at)}


def _epoch(at: datetime) -> int:
    return int(at.timestamp())
