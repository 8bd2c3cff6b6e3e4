"""What the clocks of a ticket must say, worked out from its history in the plainest way: list by list, no state kept."""

from datetime import datetime

from sla.hours import Hours
from tickets.models import Event, State, Ticket

Span = tuple[datetime, datetime]


def spent(ticket: Ticket, hours: Hours, begin: datetime, end: datetime) -> int:
    """Business time from `begin` to `end` in which the ticket was neither waiting nor closed."""
    return sum(int(hours.between(a, b)) for a, b in _on_duty(ticket, begin, end))


def first_response(ticket: Ticket) -> Span | None:
    """From the opening to the first message of an agent to the customer, None when there is none."""
    answers = _said(ticket, "agent")
    return (_opened(ticket), answers[0]) if answers else None


def next_responses(ticket: Ticket) -> list[tuple[datetime, datetime | None]]:
    """Each wait of the customer after the first answer: from the first message of a run to the answer."""
    answers, found = _said(ticket, "agent"), []
    messages = [at for at in _said(ticket, "customer") if answers and at > answers[0]]
    while messages:
        answer = next((at for at in answers if at > messages[0]), None)
        found.append((messages[0], answer))
        messages = [at for at in messages if answer and at > answer]
    return found


def _opened(ticket: Ticket) -> datetime:
    return ticket.events.get(kind="ticket.created").at


def _said(ticket: Ticket, sender: str) -> list[datetime]:
    events = Event.objects.filter(
        ticket=ticket,
        kind__in=("ticket.created", "article.added"),
        article__sender=sender,
        article__visible_to_customer=True,
    )
    return [event.at for event in events.order_by("id")]


def _on_duty(ticket: Ticket, begin: datetime, end: datetime) -> list[Span]:
    """The parts of a span in which clocks run."""
    types = dict(State.objects.values_list("id", "type"))
    changes = [event for event in ticket.events.order_by("id") if "state" in event.data]
    spans = []
    for change, following in zip(changes, [*changes[1:], None], strict=True):
        if types[change.data["state"]["now"]["id"]] in ("new", "open"):
            spans.append((max(begin, change.at), min(end, following.at) if following else end))
    return [(a, b) for a, b in spans if a < b]
