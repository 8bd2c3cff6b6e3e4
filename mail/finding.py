"""Messages of the ledger by what somebody remembers of them: mailbox, state, reason, days, sender, words.

What an index answers is asked of the index. Words of the subject and parts of an address are looked for among the
newest `WINDOW` messages that fit otherwise, and the page then goes on below them: a page costs the same at a thousand
messages and at a million.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.pagination import Page, page_of
from core.text import normalise_address
from mail.addresses import is_address
from mail.models import Incoming
from tickets.models import Ticket

WINDOW = 20_000
ORDER = ("-received_at", "-pk")


@dataclass(frozen=True)
class Wanted:
    """What to look for; what is empty does not narrow. `mailbox` None is any, "" is none of ours."""

    mailbox: str | None = None
    state: str = ""
    outcome: str = ""
    reason: str = ""
    first: date | None = None
    last: date | None = None
    sender: str = ""
    words: str = ""

    def rows(self) -> QuerySet[Incoming]:
        """All that fits, the words of the subject and parts of an address aside."""
        exact = {"state": self.state, "outcome": self.outcome, "reason_code": self.reason}
        rows = Incoming.objects.filter(**{name: value for name, value in exact.items() if value})
        if self.mailbox is not None:
            rows = rows.filter(mailbox=self.mailbox)
        if self.first:
            rows = rows.filter(received_at__gte=_midnight(self.first))
        if self.last and self.last < date.max:
            rows = rows.filter(received_at__lt=_midnight(self.last + timedelta(days=1)))
        if is_address(self.sender):
            rows = rows.filter(sender=normalise_address(self.sender))
        return rows

    @property
    def text(self) -> Q:
        """What no index knows."""
        sought = Q()
        if self.sender and not is_address(self.sender):
            sought &= Q(sender__contains=self.sender.lower())
        for word in self.words.split()[:10]:
            sought &= Q(subject__icontains=word)
        return sought


@dataclass(frozen=True)
class Found:
    """One page. `looked_until` is set when only the newest `WINDOW` messages were looked through."""

    page: Page
    looked_until: datetime | None = None


def find(
    wanted: Wanted, *, readable: QuerySet[Ticket], before: datetime | None = None, cursor: str = "", size: int = 50
) -> Found:
    """One page of what is wanted, newest first; `before` goes on below a window that was looked through.

    Words find only what is on no ticket or on one that is `readable`: whoever may not read a subject cannot guess it.
    """
    rows, until = wanted.rows(), None
    if before is not None:
        rows = rows.filter(received_at__lt=before)
    if wanted.text:
        until = rows.order_by(*ORDER).values_list("received_at", flat=True)[WINDOW : WINDOW + 1].first()
        if until is not None:
            rows = rows.filter(received_at__gte=until)
        rows = rows.filter(wanted.text)
    if wanted.words:
        rows = rows.filter(Q(article__isnull=True) | Q(article__ticket__in=readable))
    shown = Incoming.objects.select_related("article__ticket")
    found = page_of(rows, order=ORDER, cursor=cursor, size=size, shown=shown)
    return Found(found, None if found.next else until)


def _midnight(day: date) -> datetime:
    """The beginning of a day where the reader is."""
    return timezone.make_aware(datetime.combine(day, time()))
