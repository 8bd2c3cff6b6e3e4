"""What one go at many tickets would otherwise tell a person hundreds of times is told once.

A colleague closes 300 tickets, a schedule moves 80: the notices of each person about one kind of event are a wave. From
`FEW` on it is one line in the bell and one mail. Nothing is counted or locked for it: the number of a wave follows from
the event alone. What people say to each other is never folded.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from hashlib import blake2b

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from automation.models import Notice
from automation.notices.occasions import TOLD
from tickets.bulk import JOB
from tickets.models import Event

FEW = 5
FOLDED = frozenset(
    {"assigned", "moved", "state", "changed", "reminder", "new", TOLD, "request_opened", "request_closed"}
)
# What has no number of its own, such as a macro or a program at the interface, belongs together for so long.
SPAN = timedelta(minutes=10)


def wave_of(event: Event, occasion: str) -> int:
    """The number of its wave; 0 for what stands alone."""
    if occasion not in FOLDED:
        return 0
    is_job = event.cause_reference.startswith(JOB)
    when = "" if is_job else str(int(event.at.timestamp() // SPAN.total_seconds()))
    parts = (str(event.actor_id), event.cause_kind, event.cause_reference, occasion, when)
    return int.from_bytes(blake2b("|".join(parts).encode(), digest_size=8).digest(), signed=True) or 1


def folded(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """One row of each wave that is large enough, its newest; each knows how many `others` it stands for and whether
    there `is_news` among them.

    A wave of thousands is counted once, for the row that is shown; who is left out looks at a few neighbours.
    """
    same = Notice.objects.filter(user=OuterRef("user"), wave=OuterRef("wave")).exclude(wave=0).order_by()
    number = same.values("wave").annotate(number=Count("pk")).values("number")
    return notices.annotate(
        others=Coalesce(Subquery(number, output_field=IntegerField()), Value(1)) - 1,
        is_wave=Exists(same[FEW - 1 :]),
        has_newer=Exists(same.filter(pk__gt=OuterRef("pk"))),
        is_news=Exists(same.filter(read_at__isnull=True)),
    ).exclude(is_wave=True, has_newer=True)


def count_folded(waves: Iterable[int]) -> int:
    """How many lines notices with these numbers make."""
    counted = Counter(waves)
    alone = counted.pop(0, 0)
    return alone + sum(1 if number >= FEW else number for number in counted.values())


def whole_wave(notice: Notice) -> Q:
    """The notice with all that its line stands for."""
    alone = Q(pk=notice.pk)
    if not notice.wave:
        return alone
    wave = Q(user=notice.user_id, wave=notice.wave)
    return wave if Notice.objects.filter(wave).count() >= FEW else alone
