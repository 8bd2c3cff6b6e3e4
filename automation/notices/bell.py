"""The bell: what somebody has not seen yet, and what he has. Who has lost the right to see a ticket sees only that
there was something."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from accounts.models import User
from automation.models import HouseNews, Notice, NoticeDelivery
from automation.notices.folding import count_folded, folded, whole_wave
from automation.notices.house import house
from core.clock import now
from core.prepared import IDS, prepared
from tickets.models import Event, Ticket
from tickets.rights import queues_for

# More than this is "99+".
CAP = 100
# Behind so many unread ones nobody counts any more.
LOOKED_AT = 1_000
FORGET_AT_ONCE = 5_000


def unread_count(user: User) -> int:
    """How many lines are new, at most `CAP`. Those of tickets that may not be seen any more do not count."""
    waves = _waves_of_administrator if user.is_administrator else _waves
    return min(count_folded(waves(user.pk, queues_for(user, "read"))), CAP)


def news_of(user: User) -> QuerySet[HouseNews]:
    """What administrators are told of Helpdesk itself, the newest first; nothing for who is none any more."""
    if not user.is_administrator:
        return HouseNews.objects.none()
    return HouseNews.objects.filter(user=user).order_by("-pk")


def news_read(user: User, path: str) -> None:
    """Whoever opens the page of a thing has read what there was to tell of it."""
    news_of(user).filter(path=path, read_at__isnull=True).update(read_at=now())


def unread(user: User) -> QuerySet[Notice]:
    return _unread(user.pk, queues_for(user, "read"))


def latest(user: User) -> QuerySet[Notice]:
    """All of somebody's notices with what a line shows, newest first."""
    neighbours = ("ticket__queue", "event__article", "event__actor", "event__on_behalf_of")
    return Notice.objects.filter(user=user).select_related(*neighbours).order_by("-id")


def lines(user: User) -> QuerySet[Notice]:
    """As `latest`, but what came of one go at many tickets is one line."""
    return folded(latest(user))


def new_lines(user: User) -> QuerySet[Notice]:
    """Those of `lines` that somebody has not read, or not all of what they stand for."""
    return lines(user).filter(Q(pk__in=unread(user).values("pk")) | Q(is_wave=True, is_news=True))


def wave(user: User, number: int) -> QuerySet[Notice]:
    """All that one line stands for."""
    return latest(user).filter(wave=number)


def may_see(notice: Notice, user: User) -> bool:
    return notice.ticket.allows(user, "read")


def mark_seen(ticket: Ticket, *, by: User) -> None:
    """Whoever opens a ticket has seen what there was to tell of it."""
    to_be_seen(ticket.pk, by.pk, now()).update(read_at=now())


def to_be_seen(ticket: int, user: int, at: datetime) -> QuerySet[Notice]:
    """By the ids of both."""
    return Notice.objects.filter(user=user, ticket=ticket, read_at__isnull=True, fresh_at__lte=at)


def mark_read(notice: Notice) -> None:
    """With all that its line stands for."""
    Notice.objects.filter(whole_wave(notice), read_at__isnull=True).update(read_at=now())


def mark_unread(notice: Notice) -> None:
    """New again, until somebody opens its ticket the next time."""
    Notice.objects.filter(pk=notice.pk).update(read_at=None, fresh_at=now())


def mark_all_read(user: User, *, up_to: int) -> int:
    """Up to the newest that somebody has seen, so that one that has just come stays new. Returns how many."""
    news_of(user).filter(read_at__isnull=True).update(read_at=now())
    return Notice.objects.filter(user=user, read_at__isnull=True, pk__lte=up_to).update(read_at=now())


def people_rung(event: Event) -> Sequence[int]:
    """Who has got a notice of this event."""
    return _people_with_notice(event.pk)


def forget_old() -> int:
    """Notices, and what left of them, after their time; so many at once that no table is locked for long."""
    before = timezone.now() - timedelta(days=house().keep_days)
    gone = 0
    old: Sequence[tuple[type[Notice] | type[HouseNews] | type[NoticeDelivery], QuerySet]] = (
        (Notice, Notice.objects.filter(at__lt=before)),
        (HouseNews, HouseNews.objects.filter(at__lt=before)),
        (NoticeDelivery, NoticeDelivery.objects.filter(created_at__lt=before, due_at__isnull=True)),
    )
    for model, rows in old:
        found = list(rows.values_list("pk", flat=True)[:FORGET_AT_ONCE])
        gone += model.objects.filter(pk__in=found).delete()[0]
    return gone


@prepared(int)
def _people_with_notice(event: int) -> QuerySet[Notice, int]:
    return Notice.objects.filter(event=event).values_list("user_id", flat=True)


@prepared(int, IDS)
def _waves(user: int, queues: Collection[int]) -> QuerySet:
    return _unread(user, queues).order_by("-id").values_list("wave", flat=True)[:LOOKED_AT]


@prepared(int, IDS)
def _waves_of_administrator(user: int, queues: Collection[int]) -> QuerySet:
    """News of the house stand alone, and are asked for with the others."""
    alone = Value(0, output_field=Notice._meta.get_field("wave"))
    news = HouseNews.objects.filter(user=user, read_at__isnull=True).order_by().values_list(alone, flat=True)
    waves = _unread(user, queues).order_by("-id").values_list("wave", flat=True)[:LOOKED_AT]
    return waves.union(news, all=True)


def _unread(user: int, queues: Collection[int]) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, read_at__isnull=True, ticket__queue_id__among=queues)
