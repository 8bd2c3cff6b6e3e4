"""What administrators may do about deliveries of events that were given up."""

from django.db import transaction

from accounts.audit import note_change
from accounts.models import User
from core.work import wake
from tickets.models import Delivery


def retry_delivery(delivery: Delivery, *, by: User) -> bool:
    """Run the handlers that have not succeeded yet, now; false when the delivery is not parked."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        if delivery.parked_at is None:
            return False
        before = {"parked": True, "error": delivery.last_error}
        delivery.retry()
        delivery.save_work()
        note_change(delivery, before=before, after={"parked": False}, by=by)
        wake(delivery)
    return True
