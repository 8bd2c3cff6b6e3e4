"""Our own addresses: which queue a recipient means, and from which address a queue writes."""

from collections.abc import Iterable

from core.text import normalise_address
from mail.models import Address
from tickets.models import Queue
from tickets.rights import ancestors


def address_for(recipients: Iterable[str]) -> Address | None:
    """The first of our active addresses among `recipients`, in their order."""
    wanted = [normalise_address(recipient) for recipient in recipients]
    ours = {a.address: a for a in Address.objects.filter(is_active=True, address__in=wanted).select_related("queue")}
    return next((ours[address] for address in wanted if address in ours), None)


def is_ours(address: str) -> bool:
    return Address.objects.filter(address=normalise_address(address)).exists()


def sender_for(queue: Queue) -> Address | None:
    """The address a queue writes from: its own, else that of the nearest queue above, else any of ours."""
    near = [queue.pk, *ancestors(queue.pk)]
    found = {a.queue_id: a for a in Address.objects.filter(is_active=True, queue__in=near).order_by("-id")}
    for queue_id in near:
        if queue_id in found:
            return found[queue_id]
    return Address.objects.filter(is_active=True).order_by("id").first()
