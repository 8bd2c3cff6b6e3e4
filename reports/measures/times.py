"""How long things take: by the calendar, every hour counted, and in business time.

Business time is what the clocks of service levels have counted (docs/sla.md): within opening hours, without waiting
for the customer. So there is none for tickets that nothing was promised for.
"""

from collections.abc import Callable
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.measures.formulas import Formula, mean_of, median_of, ninetieth_of
from reports.measures.registry import Group, Kind, Unit, measure
from reports.models import Happened

_times = partial(measure, group=Group.TIMES, unit=Unit.SECONDS, kind=Kind.DURATION, better="less")

_FIRST = _(
    "From opening to the first message of an agent to the customer, by the moment of that message. Tickets that an "
    "agent opened by writing do not count, nor do automatic replies and notes."
)
_NEXT = _(
    "From a customer's message that waits for an answer to the next message of an agent, by the moment of that "
    "message. Several messages in a row wait from the first; the first response does not count."
)
_SOLUTION = _("From opening to the last closing, by the moment of closing; only tickets that have stayed closed.")
_BUSINESS = _("Business time as service levels count it; only tickets that a time was promised for.")

_CALENDAR, _WORKING = "amount", "business"


def _three(kind: Happened, explanation: Promise, labels: tuple[Promise, Promise, Promise], column: str) -> None:
    """Mean, median and 90th percentile of one time."""
    formulas: dict[str, Callable[[Happened, str], Formula]] = {
        "mean": mean_of,
        "median": median_of,
        "p90": ninetieth_of,
    }
    start = _NAMES[kind] + ("_business" if column == _WORKING else "")
    for (ending, formula), label in zip(formulas.items(), labels, strict=True):

        def counted(formula: Callable[[Happened, str], Formula] = formula) -> Formula:
            return formula(kind, column)

        counted.__name__ = f"{start}_{ending}"
        _times(label, _Both(explanation, _BUSINESS) if column == _WORKING else explanation)(counted)


class _Both(Promise):
    """Two sentences that are translated when they are shown."""

    def __init__(self, *parts: Promise):
        self.parts = parts

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.parts)


_NAMES = {
    Happened.FIRST_RESPONSE: "first_response",
    Happened.NEXT_RESPONSE: "next_response",
    Happened.RESOLVED: "resolution",
}

_three(
    Happened.FIRST_RESPONSE,
    _FIRST,
    (_("First response (mean)"), _("First response (median)"), _("First response (90th percentile)")),
    _CALENDAR,
)
_three(
    Happened.FIRST_RESPONSE,
    _FIRST,
    (
        _("First response in business time (mean)"),
        _("First response in business time (median)"),
        _("First response in business time (90th percentile)"),
    ),
    _WORKING,
)
_three(
    Happened.NEXT_RESPONSE,
    _NEXT,
    (_("Next response (mean)"), _("Next response (median)"), _("Next response (90th percentile)")),
    _CALENDAR,
)
_three(
    Happened.NEXT_RESPONSE,
    _NEXT,
    (
        _("Next response in business time (mean)"),
        _("Next response in business time (median)"),
        _("Next response in business time (90th percentile)"),
    ),
    _WORKING,
)
_three(
    Happened.RESOLVED,
    _SOLUTION,
    (_("Solution (mean)"), _("Solution (median)"), _("Solution (90th percentile)")),
    _CALENDAR,
)
_three(
    Happened.RESOLVED,
    _SOLUTION,
    (
        _("Solution in business time (mean)"),
        _("Solution in business time (median)"),
        _("Solution in business time (90th percentile)"),
    ),
    _WORKING,
)


@_times(
    _("MTTR (mean time open)"),
    _(
        "How long solved tickets were open altogether, waiting included, by the moment of their last closing: time in "
        "which a ticket lay closed before it was reopened does not count."
    ),
)
def mttr() -> Formula:
    return mean_of(Happened.REPAIRED, "amount")
