"""What a service level would have meant to the tickets of the last weeks (sla/preview.py), as the page tells it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.durations import written_duration
from sla.figures import Outcome, Total
from sla.models import Kind
from sla.preview import Preview
from tickets.models import Priority, Ticket

PERIODS: Sequence[tuple[str, str | Promise]] = (
    ("7", gettext_lazy("Last 7 days")),
    ("30", gettext_lazy("Last 30 days")),
    ("90", gettext_lazy("Last 90 days")),
)
USUAL = "30"
# So many tickets that would have been late are listed.
MOST_LATE = 50


@dataclass(frozen=True)
class Figures:
    """One kind of clock on tickets of one priority."""

    kind: str
    priority: Priority
    total: Total
    mean_spent: str
    mean_late: str


@dataclass(frozen=True)
class LateTicket:
    ticket: Ticket
    kind: str
    late_by: str
    outcome: Outcome


@dataclass(frozen=True)
class Past:
    """`days` is the chosen period, `hidden` how many late clocks are on tickets that the reader may not see."""

    days: str = USUAL
    error: str = ""
    found: Preview | None = None
    figures: Sequence[Figures] = field(default_factory=tuple)
    late: Sequence[LateTicket] = field(default_factory=tuple)
    hidden: int = 0

    @property
    def periods(self) -> Sequence[tuple[str, str | Promise]]:
        return PERIODS

    @property
    def text(self) -> str:
        if self.found is None:
            return ""
        words = ngettext(
            "It would have been promised to %(tickets)s of %(number)s ticket.",
            "It would have been promised to %(tickets)s of %(number)s tickets.",
            self.found.looked_at,
        )
        return words % {"tickets": self.found.tickets, "number": self.found.looked_at}


def period_in(data: QueryDict) -> str:
    days = data.get("past-days", USUAL)
    return days if days in dict(PERIODS) else USUAL


def told(data: QueryDict, run: Callable[[int], Preview], *, reader: User) -> Past:
    """`run` looks at so many days. All spans are told in hours: days of different calendars cannot be compared."""
    days = period_in(data)
    try:
        found = run(int(days))
    except ValidationError as error:
        return Past(days, " ".join(error.messages))
    priorities, labels = Priority.objects.in_bulk(), dict(Kind.choices)
    figures = [
        Figures(str(labels[one.kind]), priorities[one.priority], one, _span(one.mean_spent), _span(one.mean_late))
        for one in found.totals
    ]
    readable = Ticket.objects.allowing(reader, "read").filter(pk__in={one.ticket for one in found.late})
    tickets = readable.select_related("state").in_bulk()
    late = [
        LateTicket(tickets[one.ticket], str(labels[one.kind]), _span(one.late_by), one)
        for one in found.late
        if one.ticket in tickets
    ]
    hidden = sum(one.ticket not in tickets for one in found.late)
    return Past(days, "", found, _in_order(figures), late[:MOST_LATE], hidden)


def refused(data: QueryDict) -> Past:
    """The form cannot be read yet."""
    return Past(period_in(data), _("Some fields need a change first. They are marked when you save."))


def _in_order(figures: list[Figures]) -> list[Figures]:
    """As the targets stand: by kind, the most urgent first."""
    kinds = [str(label) for label in dict(Kind.choices).values()]
    return sorted(figures, key=lambda one: (kinds.index(one.kind), -one.priority.level))


def _span(seconds: int | None) -> str:
    return "–" if seconds is None else written_duration(seconds, day=0)
