"""Does the ledger add up? Every message that came in is on a ticket, ignored, in quarantine, or waits its turn."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from core.blobs import blob_name
from mail import spool
from mail.models import Incoming
from mail.strays import strays

# What has been due for longer than this has been forgotten by somebody.
PATIENCE = timedelta(minutes=10)

State = Incoming.State


def counts() -> dict[str, int]:
    """How many messages came in and what became of them; `spooled` ones have no row yet."""
    states = dict(Incoming.objects.order_by().values_list("state").annotate(Count("pk")))
    return {
        "received": sum(states.values()),
        "ticketed": states.get(State.TICKETED, 0),
        "quarantined": states.get(State.QUARANTINED, 0),
        "ignored": states.get(State.IGNORED, 0),
        "waiting": states.get(State.RECEIVED, 0),
        "spooled": len(spool.waiting()),
    }


def unaccounted() -> Iterator[str]:
    """What does not add up, a sentence for each; looks for every raw message."""
    long_ago = timezone.now() - PATIENCE
    for sentence, rows in _contradictions():
        for pk in rows.order_by("pk").values_list("pk", flat=True).iterator():
            yield sentence.format(pk)
    yield from _forgotten(long_ago)
    kept = Incoming.objects.exclude(digest="").filter(raw_removed_at=None)
    for pk, digest in kept.order_by("pk").values_list("pk", "digest").iterator():
        if not default_storage.exists(blob_name(digest)):
            yield f"The raw message {pk} is missing."
    for path in spool.waiting():
        if path.stat().st_mtime < long_ago.timestamp():
            yield f"The spool file {path.name} is not taken in."
    for digest in strays():
        yield f"The file {digest} is a message, and no row of the ledger names it."


def _contradictions() -> Iterator[tuple[str, QuerySet[Incoming]]]:
    """Rows that cannot be as they are, each kind with its sentence."""
    rows = Incoming.objects
    yield "Message {} waits, but nobody will look at it.", rows.filter(state=State.RECEIVED, due_at=None)
    yield "Message {} is said to be on a ticket, but there is none.", rows.filter(state=State.TICKETED, article=None)
    without = rows.filter(state=State.TICKETED).exclude(outcome__in=Incoming.Outcome.values)
    yield "Message {} is on a ticket, but does not say how it came there.", without
    elsewhere = rows.exclude(state=State.TICKETED)
    yield "Message {} is on a ticket, but is not said to be.", elsewhere.filter(article__isnull=False)
    settled = elsewhere.exclude(state=State.RECEIVED)
    yield "Message {} is settled, but somebody is still to look at it.", settled.filter(due_at__isnull=False)
    yield "Message {} is in no state that there is.", rows.exclude(state__in=State.values)
    unreasoned = settled.filter(reason_code="", reason="")
    yield "Message {} became no ticket, and nothing says why.", unreasoned


def _forgotten(since: datetime) -> Iterator[str]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=since)
    for pk in Incoming.objects.filter(free, due_at__lt=since).order_by("pk").values_list("pk", flat=True):
        yield f"Message {pk} has been due for long."
