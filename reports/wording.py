"""Numbers as people read them, in their language: the one way for pages, mails and charts."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.measures import Unit, Value
from reports.tables import Cell

NOTHING = "–"
MINUTE, HOUR, DAY = 60, 3600, 86_400
# From here on a time is told in days.
MANY_HOURS = 72


def number(value: Value, unit: Unit | str) -> str:
    """One value with its unit where that does not stand beside it: "1,234", "92.4 %", "2 h 05 min", "4.3"."""
    if value is None:
        return NOTHING
    match unit:
        case Unit.PERCENT:
            return _("%(number)s %%") % {"number": number_format(round(value * 100, 1), 1)}
        case Unit.SECONDS:
            return time(value)
        case Unit.MINUTES:
            return time(value * MINUTE)
        case Unit.POINTS:
            return number_format(round(value, 2), 2)
        case _:
            return number_format(
                value if isinstance(value, int) else round(value, 1), use_l10n=True, force_grouping=True
            )


def time(seconds: float) -> str:
    """A length of time with its two largest parts."""
    whole = round(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    if whole < MINUTE:
        return sign + _("%(seconds)s s") % {"seconds": whole}
    minutes = round(whole / MINUTE)
    if minutes < 60:
        return sign + _("%(minutes)s min") % {"minutes": minutes}
    hours = minutes // 60
    if hours < MANY_HOURS:
        return sign + _("%(hours)s h %(minutes)02d min") % {"hours": hours, "minutes": minutes % 60}
    days, rest = divmod(round(minutes / 60), 24)
    words = {"days": number_format(days, force_grouping=True), "hours": rest}
    return sign + ngettext("%(days)s day %(hours)s h", "%(days)s days %(hours)s h", days) % words


def change(cell: Cell) -> float | None:
    """By which share the value has changed; None where there is nothing to compare with."""
    if cell.value is None or not cell.before:
        return None
    return (cell.value - cell.before) / cell.before
