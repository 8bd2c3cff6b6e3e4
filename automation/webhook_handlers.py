"""After the commit (settings.AFTER): each endpoint that listens to an event gets a row, which is sent on its own."""

import logging
from collections.abc import Sequence

from django.db import transaction

from automation.endpoints import type_of
from automation.happenings import happens
from automation.models import Endpoint, WebhookDelivery
from automation.webhook_payload import Values, call, may_tell, message, written
from automation.webhook_troubles import TEMPLATE
from core.clock import now
from core.memo import remembered
from core.work import wake
from tickets.conditions import ConditionError, matches, viewer
from tickets.fresh import as_it_is
from tickets.models import Event, Queue, Ticket

log = logging.getLogger(__name__)


def enqueue(event: Event) -> None:
    """One query when nobody listens. Done twice, it makes no second row."""
    listening = [one for one in _listeners() if _hears(one, event)]
    if not listening:
        return
    event.ticket = as_it_is(event.ticket)
    rows = [row for endpoint in listening if (row := _row_for(endpoint, event))]
    if not rows:
        return
    with transaction.atomic():
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        for row in WebhookDelivery.objects.due().filter(event=event, uuid__in=[row.uuid for row in rows]):
            wake(row)


def call_endpoint(endpoint: Endpoint, ticket: Ticket, *, event: Event | None, reason: str) -> None:
    """An automation calls it about a ticket, whatever it listens to; once for each event and `reason`."""
    if event is not None:
        event.ticket = ticket
        values = message(endpoint, event, near=_near(endpoint))
    else:
        values = call(endpoint, ticket, kind="automation.called", at=now())
    row = _written(endpoint, ticket, event, values)
    row.reason = reason[:120]
    WebhookDelivery.objects.bulk_create([row], ignore_conflicts=True)
    if found := WebhookDelivery.objects.due().filter(uuid=row.uuid).first():
        wake(found)


def is_in_scope(endpoint: Endpoint, ticket: Ticket) -> bool:
    chosen = {queue.pk for queue in endpoint.queues.all()}
    return not chosen or not chosen.isdisjoint(ticket.queue.line)


@remembered
def _listeners() -> Sequence[Endpoint]:
    return list(Endpoint.objects.filter(is_active=True).prefetch_related("queues"))


def _hears(endpoint: Endpoint, event: Event) -> bool:
    """What rules note about themselves is no happening: it is of interest to nobody but who looks after them."""
    return any(happens(name, event) for name in endpoint.events)


def _row_for(endpoint: Endpoint, event: Event) -> WebhookDelivery | None:
    """None when it is not meant for this endpoint."""
    if not may_tell(endpoint, event) or not is_in_scope(endpoint, event.ticket):
        return None
    try:
        if endpoint.condition and not matches(event.ticket, endpoint.condition, viewer(None)):
            return None
    except ConditionError:
        log.warning("the condition of the endpoint %s cannot be read", endpoint, exc_info=True)
        return None
    return _written(endpoint, event.ticket, event, message(endpoint, event, near=_near(endpoint)))


def _written(endpoint: Endpoint, ticket: Ticket, event: Event | None, values: Values) -> WebhookDelivery:
    """With a body that cannot be filled in, a row that says so and is not sent."""
    row = WebhookDelivery(endpoint=endpoint, ticket=ticket, event=event, kind=values["type"])
    row.content_type = type_of(endpoint)
    try:
        row.body = written(endpoint, values)
    except ValueError as error:
        row.park()
        row.last_error = f"{TEMPLATE} {error}"
    return row


def _near(endpoint: Endpoint) -> frozenset[int] | None:
    """The queues it is for, with those inside."""
    chosen = {queue.pk for queue in endpoint.queues.all()}
    if not chosen:
        return None
    parents = dict(Queue.objects.values_list("pk", "parent"))
    return frozenset(pk for pk in parents if _is_below(pk, chosen, parents))


def _is_below(pk: int | None, chosen: set[int], parents: dict[int, int | None]) -> bool:
    for _level in range(len(parents) + 1):
        if pk in chosen:
            return True
        if pk is None:
            return False
        pk = parents.get(pk)
    return False
