"""Notices by webhook: the endpoint that administrators chose gets a message for each person and event."""

from django.utils import timezone

from automation.endpoints import type_of
from automation.models import Endpoint, NoticeDelivery, WebhookDelivery
from automation.notices.house import house
from automation.notices.texts import as_read_by, heading
from automation.webhook_handlers import is_in_scope
from automation.webhook_payload import Values, may_tell, message, written
from automation.webhook_troubles import TEMPLATE
from core.work import wake
from tickets.sentences import sentence_of

KIND = "notice"


def endpoint_for_notices() -> Endpoint | None:
    number = house().endpoint_id
    return Endpoint.objects.filter(pk=number, is_active=True).prefetch_related("queues").first() if number else None


def call_endpoint(row: NoticeDelivery) -> bool:
    """Hand a notice over to the endpoint, which has tries of its own; False when it is not for this one.

    Once for each event and person, however often it is called.
    """
    endpoint = endpoint_for_notices()
    if endpoint is None or not may_tell(endpoint, row.event) or not is_in_scope(endpoint, row.ticket):
        return False
    delivery = WebhookDelivery(
        endpoint=endpoint, ticket=row.ticket, event=row.event, reason=f"{KIND} {row.user_id}", uuid=row.uuid, kind=KIND
    )
    delivery.content_type = type_of(endpoint)
    try:
        delivery.body = written(endpoint, _values(endpoint, row))
    except ValueError as error:
        delivery.park()
        delivery.last_error = f"{TEMPLATE} {error}"
    WebhookDelivery.objects.bulk_create([delivery], ignore_conflicts=True)
    if found := WebhookDelivery.objects.due().filter(uuid=row.uuid).first():
        wake(found)
    return True


def _values(endpoint: Endpoint, row: NoticeDelivery) -> Values:
    """As every message about the event, and who is told what."""
    chosen = {queue.pk for queue in endpoint.queues.all()}
    # An endpoint for some queues learns nothing of others: not even what the event says about them.
    values = message(endpoint, row.event, near=chosen or None)
    with as_read_by(row.user, row.ticket):
        notice = {
            "person": {"id": row.user_id, "name": row.user.name, "email": row.user.email},
            "occasion": row.occasion,
            "title": heading(row.occasion),
            "text": sentence_of(row.event),
        }
    values["type"], values["timestamp"] = KIND, timezone.now().isoformat()
    values["data"]["notice"] = notice
    return values
