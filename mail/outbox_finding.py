"""Messages of the outbox by what somebody remembers of them: state, domain or recipient, days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from core.text import normalise_address
from mail.models import Outgoing
from mail.pacing import domain_of

ORDER = ("-created_at", "-pk")


@dataclass(frozen=True)
class Sought:
    """What to look for; what is empty does not narrow. `recipient` is an address, or a domain with or without its @."""

    state: str = ""
    recipient: str = ""
    first: date | None = None
    last: date | None = None

    def rows(self) -> QuerySet[Outgoing]:
        rows: QuerySet[Outgoing] = Outgoing.objects.select_related("ticket", "article")
        rows = rows.defer("article__body", "article__html")
        if self.state:
            rows = rows.filter(state=self.state)
        if self.state == Outgoing.State.QUEUED:
            rows = rows.filter(due_at__isnull=False)  # an index knows these
        if wanted := self.recipient.strip().lower().replace("\0", ""):
            rows = _to(rows, wanted)
        if self.first:
            rows = rows.filter(created_at__gte=_midnight(self.first))
        if self.last and self.last < date.max:
            rows = rows.filter(created_at__lt=_midnight(self.last + timedelta(days=1)))
        return rows


def _to(rows: QuerySet[Outgoing], wanted: str) -> QuerySet[Outgoing]:
    local, at, domain = wanted.rpartition("@")
    rows = rows.filter(domains__contains=[domain_of(domain)])
    if not local or not at:
        return rows
    return rows.filter(recipients__contains=[{"address": normalise_address(wanted)}])


def _midnight(day: date) -> datetime:
    """The beginning of a day where the reader is."""
    return timezone.make_aware(datetime.combine(day, time.min))
