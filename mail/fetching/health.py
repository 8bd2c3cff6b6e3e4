"""How the mailboxes are, all of them at once: what their last visits noted and what came today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from core.durations import written_duration
from mail.fetching.troubles import sentence_of_last
from mail.mailboxes import mailbox_key
from mail.models import Account, Consent, Incoming

# So long before a secret or a leave ends people are told.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Health:
    """One mailbox. `kind`: off, new, good, behind (more waits), troubled (tried again), stopped (until mended)."""

    account: Account
    kind: str
    sentence: str
    today: int
    delay: str  # how long the newest message waited there, in words
    consent: Consent | None
    ends_at: datetime | date | None


def health_of(accounts: Sequence[Account]) -> list[Health]:
    """One query, however many there are; they come with their consent (`select_related`)."""
    today = _today(accounts)
    return [_one(account, today.get(mailbox_key(account, ()), 0)) for account in accounts]


def _today(accounts: Sequence[Account]) -> dict[str, int]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Incoming.objects.filter(received_at__gte=midnight, mailbox__in=[mailbox_key(one, ()) for one in accounts])
    return dict(rows.order_by().values_list("mailbox").annotate(Count("pk")))


def _one(account: Account, today: int) -> Health:
    consent: Consent | None = getattr(account, "consent", None)
    delay = "" if account.lag_seconds is None else written_duration(account.lag_seconds)
    return Health(account, _kind(account), sentence_of_last(account), today, delay, consent, _ends_soon(consent))


def _kind(account: Account) -> str:
    if not account.is_active:
        return "off"
    if account.is_stopped:
        return "stopped"
    if account.trouble:
        return "troubled"
    if account.last_success_at is None:
        return "new"
    return "behind" if account.waiting else "good"


def _ends_soon(consent: Consent | None) -> datetime | date | None:
    """When the leave or our secret ends, if that is soon."""
    if consent is None:
        return None
    soon = timezone.now() + SOON
    if consent.refresh_expires_at and consent.refresh_expires_at < soon:
        return consent.refresh_expires_at
    return consent.ends_on if consent.ends_on and consent.ends_on < soon.date() else None
