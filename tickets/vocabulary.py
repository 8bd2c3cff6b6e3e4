"""The stock rows (those of OTRS) and how to ask for them.

Rows keep OTRS's names; people read the words that the catalogues give for them ("pending reminder" is "Waiting for
customer" in English).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.memo import remembered
from tickets.models import Priority, State, StateType, TicketType

STOCK_STATES = {
    gettext_noop("new"): StateType.NEW,
    gettext_noop("open"): StateType.OPEN,
    gettext_noop("pending reminder"): StateType.PENDING_REMINDER,
    gettext_noop("pending auto close+"): StateType.PENDING_AUTO,
    gettext_noop("pending auto close-"): StateType.PENDING_AUTO,
    gettext_noop("closed successful"): StateType.CLOSED,
    gettext_noop("closed unsuccessful"): StateType.CLOSED,
    gettext_noop("merged"): StateType.MERGED,
    gettext_noop("removed"): StateType.REMOVED,
}
STOCK_PRIORITIES = [
    gettext_noop("1 very low"),
    gettext_noop("2 low"),
    gettext_noop("3 normal"),
    gettext_noop("4 high"),
    gettext_noop("5 very high"),
]
STOCK_TYPES = [
    gettext_noop("Unclassified"),
    gettext_noop("Incident"),
    gettext_noop("Service request"),
    gettext_noop("Problem"),
    gettext_noop("Change"),
]


@remembered
def first_state(state_type: str) -> State:
    """The state that stands for its type: the first active one by position, else the stock one."""
    of_type = State.objects.filter(type=state_type)
    return of_type.active().order_by("position").first() or of_type.order_by("position")[0]


@remembered
def default_priority() -> Priority:
    active = Priority.objects.active()
    return active.filter(level=3).first() or active[0]


@remembered
def default_type() -> TicketType:
    return TicketType.objects.active()[0]


def refuse_retiring(row: State | Priority | TicketType) -> None:
    """Raise `ValidationError` when tickets cannot do without this row: the last of its kind must stay in use."""
    others: QuerySet[Any] = type(row).objects.active().exclude(pk=row.pk)
    if isinstance(row, State):
        others = others.filter(type=row.type)
    if not others.exists():
        raise ValidationError({"is_active": _("It is the last one of its kind. Make another one first.")})
