"""The stock rows (those of OTRS) and how to ask for them."""

from tickets.models import Priority, State, StateType, TicketType

STOCK_STATES = [
    ("new", StateType.NEW),
    ("open", StateType.OPEN),
    ("pending reminder", StateType.PENDING_REMINDER),
    ("pending auto close+", StateType.PENDING_AUTO),
    ("pending auto close-", StateType.PENDING_AUTO),
    ("closed successful", StateType.CLOSED),
    ("closed unsuccessful", StateType.CLOSED),
    ("merged", StateType.MERGED),
    ("removed", StateType.REMOVED),
]
STOCK_NEXT_STATES = {"pending auto close+": "closed successful", "pending auto close-": "closed unsuccessful"}
STOCK_PRIORITIES = ["1 very low", "2 low", "3 normal", "4 high", "5 very high"]
STOCK_TYPES = ["Unclassified", "Incident", "Service request", "Problem", "Change"]


def first_state(state_type: str) -> State:
    """The state that stands for its type: the first active one by position."""
    return State.objects.active().filter(type=state_type).order_by("position").first() or State.objects.get(
        name={kind: name for name, kind in reversed(STOCK_STATES)}[StateType(state_type)]
    )


def default_priority() -> Priority:
    return Priority.objects.active().filter(level=3).first() or Priority.objects.active().first()


def default_type() -> TicketType:
    return TicketType.objects.active().first()
