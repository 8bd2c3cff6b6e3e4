"""How long raw messages are kept: on a ticket as long as the ticket, ignored ones as many days as somebody chose.

Letting go has two steps. A row says that it needs its bytes no longer, and the digest is noted as unneeded, in one
transaction. A while later the file goes, when no row at all names it. A crash between the two, or in the middle of the
second, leaves a file too many and nothing else; the next run goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import save_audited
from accounts.models import User
from core.blobs import remove
from mail.models import Incoming, Keeping, Outgoing, Unneeded
from tickets.models import Attachment, Picture

BATCH = 500
# Longer than any transaction lasts that has stored the same bytes and not yet written its row.
WAIT = timedelta(minutes=15)


def keeping() -> Keeping:
    return Keeping.objects.first() or Keeping()


def keep_ignored_for(days: int | None, *, by: User) -> Keeping:
    """From now on the bytes of ignored messages go after so many days; None keeps them."""
    with transaction.atomic():
        kept = Keeping.objects.select_for_update().first() or Keeping()
        kept.ignored_days = days
        save_audited(kept, by=by)
    return kept


def forget_raw() -> int:
    """Let go of the bytes of a few ignored messages whose days are over; returns how many."""
    days = keeping().ignored_days
    if not days:
        return 0
    now = timezone.now()
    with transaction.atomic():
        rows = list(_over(now - timedelta(days=days))[:BATCH])
        Incoming.objects.filter(pk__in=[pk for pk, _digest in rows]).update(raw_removed_at=now)
        note_unneeded([digest for _pk, digest in rows])
    return len(rows)


def note_unneeded(digests: Sequence[str]) -> None:
    """Rows have let go of these bytes, in this transaction."""
    Unneeded.objects.bulk_create(Unneeded(digest=digest) for digest in dict.fromkeys(digests) if digest)


def clear_away() -> int:
    """Remove a few files that nobody needs; returns how many. One that is needed, or was stored again, stays."""
    limit = timezone.now() - WAIT
    removed = 0
    for pk in Unneeded.objects.filter(since__lt=limit).order_by("pk").values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            row = Unneeded.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is None:
                continue
            if not _is_needed(row.digest):
                removed += remove(row.digest, stored_before=limit.timestamp())
            row.delete()
    return removed


def _over(limit: datetime) -> QuerySet:
    """Ignored since before `limit`, with bytes; rows that somebody is deciding about are left for the next time."""
    rows = Incoming.objects.select_for_update(skip_locked=True, of=("self",)).order_by("received_at")
    rows = rows.filter(state=Incoming.State.IGNORED, raw_removed_at__isnull=True, received_at__lt=limit)
    rows = rows.exclude(digest="").exclude(state_since__gte=limit)
    return rows.values_list("pk", "digest")


def _is_needed(digest: str) -> bool:
    """Whether a row names these bytes: the same message elsewhere, or a file that is the same."""
    holders = (
        Incoming.objects.filter(digest=digest, raw_removed_at__isnull=True),
        Outgoing.objects.filter(digest=digest),
        Attachment.objects.filter(digest=digest),
        Picture.objects.filter(digest=digest),
    )
    return any(holder.exists() for holder in holders) or any(
        apps.get_model(model)._default_manager.filter(**{field: digest}).exists()
        for model, field in settings.FILES_NAMED
    )
