"""How webhooks are told of in lists: their health, what they hear of, and what became of messages."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from accounts.models import User
from automation.happenings import ANYTHING, label_of
from automation.models import Endpoint, EndpointState, WebhookDelivery
from automation.webhook_troubles import trouble_of
from tickets.models import Ticket


@dataclass(frozen=True)
class EndpointRow:
    endpoint: Endpoint
    state: EndpointState | None
    events: list[str]
    waiting: int
    failed: int

    @property
    def hears_all(self) -> bool:
        return ANYTHING in self.endpoint.events


def rows() -> list[EndpointRow]:
    endpoints = list(Endpoint.objects.prefetch_related("queues"))
    states = {state.pk: state for state in EndpointState.objects.all()}
    undone = WebhookDelivery.objects.filter(Q(due_at__isnull=False) | Q(parked_at__isnull=False))
    counted = (
        undone.order_by()
        .values("endpoint")
        .annotate(
            waiting=Count("pk", filter=Q(due_at__isnull=False)), failed=Count("pk", filter=Q(parked_at__isnull=False))
        )
    )
    numbers = {found["endpoint"]: found for found in counted}
    return [_row(one, states.get(one.pk), numbers.get(one.pk, {})) for one in endpoints]


def _row(endpoint: Endpoint, state: EndpointState | None, numbers: dict[str, Any]) -> EndpointRow:
    events = [label_of(name) for name in endpoint.events]
    return EndpointRow(endpoint, state, events, numbers.get("waiting", 0), numbers.get("failed", 0))


def mark(deliveries: list[WebhookDelivery], user: User) -> None:
    """`is_hidden`: it is about a ticket that this administrator may not see; then its words stay hidden too."""
    tickets = {row.ticket_id for row in deliveries if row.ticket_id}
    visible = set(Ticket.objects.allowing(user, "read").filter(pk__in=tickets).values_list("pk", flat=True))
    for row in deliveries:
        row.is_hidden = row.ticket_id is not None and row.ticket_id not in visible
        row.trouble = trouble_of(row.last_error) if row.last_error else ""
