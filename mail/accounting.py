"""Does the ledger add up? Every message that came in is on a ticket, ignored, in quarantine, or waits its turn."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db.models import Count, Q
from django.utils import timezone

from core.blobs import blob_name
from mail import spool
from mail.models import Incoming

# What has been due for longer than this has been forgotten by somebody.
PATIENCE = timedelta(minutes=10)


def counts() -> dict[str, int]:
    """How many messages came in and what became of them; `spooled` ones have no row yet."""
    states = dict(Incoming.objects.order_by().values_list("state").annotate(Count("pk")))
    return {
        "received": sum(states.values()),
        "ticketed": states.get(Incoming.State.TICKETED, 0),
        "quarantined": states.get(Incoming.State.QUARANTINED, 0),
        "ignored": states.get(Incoming.State.IGNORED, 0),
        "waiting": states.get(Incoming.State.RECEIVED, 0),
        "spooled": len(spool.waiting()),
    }


def unaccounted() -> Iterator[str]:
    """What does not add up, a sentence for each; looks for every raw message."""
    long_ago = timezone.now() - PATIENCE
    for pk in Incoming.objects.filter(state=Incoming.State.RECEIVED, due_at=None).values_list("pk", flat=True):
        yield f"Message {pk} waits, but nobody will look at it."
    for pk in Incoming.objects.filter(state=Incoming.State.TICKETED, article=None).values_list("pk", flat=True):
        yield f"Message {pk} is said to be on a ticket, but there is none."
    yield from _forgotten(long_ago)
    for pk, digest in Incoming.objects.exclude(digest="").values_list("pk", "digest").iterator():
        if not default_storage.exists(blob_name(digest)):
            yield f"The raw message {pk} is missing."
    for path in spool.waiting():
        if path.stat().st_mtime < long_ago.timestamp():
            yield f"The spool file {path.name} is not taken in."


def _forgotten(since: datetime) -> Iterator[str]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=since)
    for pk in Incoming.objects.filter(free, due_at__lt=since).values_list("pk", flat=True):
        yield f"Message {pk} has been due for long."
