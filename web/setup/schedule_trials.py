"""What a schedule would do now, as it is typed: with how many tickets, which first, how much mail. Nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from automation.effects import mails_of
from automation.models import Schedule
from automation.schedules import tickets_for
from core.counting import LIMIT, counts
from tickets.conditions import ConditionError
from tickets.models import Ticket
from web.common.effect_words import effects_in_words

SHOWN = 20


@dataclass(frozen=True)
class Tried:
    """`number` is counted no further than others are; `first` are those of the first that the reader may see."""

    number: int = 0
    limit: int = 0
    first: Sequence[Ticket] = ()
    hidden: int = 0
    mails: int = 0
    sentences: Sequence[str] = ()
    error: str = ""
    is_done: bool = False

    @property
    def is_capped(self) -> bool:
        return self.number >= LIMIT

    @property
    def now(self) -> int:
        """How many one run would deal with."""
        return min(self.number, self.limit)

    @property
    def more(self) -> int:
        return max(0, self.now - len(self.first) - self.hidden)


def refused() -> Tried:
    return Tried(error=_("Some fields need a change first."))


def tried(schedule: Schedule, *, reader: User) -> Tried:
    try:
        found = tickets_for(schedule)
        number = counts(tickets=found)["tickets"]
        oldest = list(found.order_by("created_at", "pk").values_list("pk", flat=True)[: min(SHOWN, schedule.limit)])
    except ConditionError as error:
        return Tried(error=str(error))
    rows = Ticket.objects.filter(pk__in=oldest).select_related("queue", "state", "customer")
    by_pk = {ticket.pk: ticket for ticket in rows}
    readable = set(Ticket.objects.allowing(reader, "read").filter(pk__in=oldest).values_list("pk", flat=True))
    some = by_pk[oldest[0]] if oldest else None
    each = sum(mails_of(values, some) for values in schedule.effects) if some else 0
    return Tried(
        number=number,
        limit=schedule.limit,
        first=[by_pk[pk] for pk in oldest if pk in readable],
        hidden=len(oldest) - len(readable),
        mails=each * min(number, schedule.limit),
        sentences=effects_in_words(schedule.effects),
        is_done=True,
    )
