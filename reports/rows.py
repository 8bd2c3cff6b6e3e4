"""The rows that somebody may count, cut to a question: every number and every way to the tickets starts here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    DateTimeField,
    Expression,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from accounts.models import User
from core.database import TstzRange
from knowledge.models import Article, Reading, Use
from reports.dimensions import HOUR, OTHER_QUEUES, QUEUE, TIME, WEEKDAY, dimensions
from reports.measures import Measure, Source
from reports.models import Fact, Span, Tally
from reports.narrowing import HOME, THEN, on_rows
from reports.periods import Bucket
from reports.questions import Question
from sla.configuring import fields_in
from tickets.conditions import to_q, viewer
from tickets.models import Queue, Ticket
from tickets.queries import TicketQuerySet
from tickets.rights import rights_of

# The smallest step of time that the database knows.
INSTANT = timedelta(microseconds=1)
MOMENT = {Source.FACTS: "at", Source.USES: "at", Source.DEFLECTIONS: "at", Source.READINGS: "day"}


class Readable:
    """What somebody may count, of each source. Equal to `Ticket.objects.allowing(user, "read")` by the ticket's queue
    of today, which the rows carry (`home_id`); a test proves it."""

    def __init__(self, question: Question, user: User):
        self.question, self.user = question, user
        self.queues = rights_of(user).queues["read"]
        # Who sees all queues is not asked about them row by row.
        self.sees_all = not Queue.objects.exclude(pk__in=self.queues).exists()

    @cached_property
    def knows_queues_alone(self) -> bool:
        """Whether the condition asks for nothing but queues."""
        return fields_in(self.question.condition) <= {QUEUE}

    def of(self, source: Source) -> QuerySet:
        if source == Source.USES:
            return Use.objects.filter(ticket__in=self.tickets()).order_by()
        if source == Source.DEFLECTIONS:
            return Use.objects.filter(how=Use.How.DEFLECTED, ticket=None, article__in=self._articles()).order_by()
        if source == Source.READINGS:
            return Reading.objects.filter(article__in=self._articles()).order_by()
        return self._placed((Fact if source == Source.FACTS else Span)._default_manager.all())

    def tallies(self) -> QuerySet:
        """Sums by the hour; for a condition that asks for nothing but queues."""
        return self._placed(Tally._default_manager.all())

    def _placed(self, rows: QuerySet) -> QuerySet:
        """Those of tickets that may be seen, and that the condition is about."""
        if not self.sees_all:
            rows = rows.filter(home_id__in=self.queues)
        if not self.question.condition:
            return rows
        if self.question.is_of_then:
            return rows.filter(on_rows(self._condition(), THEN))
        if self.knows_queues_alone:
            return rows.filter(on_rows(self._condition(), HOME))
        return rows.filter(ticket__in=Ticket.objects.filter(self._condition()).values("pk"))

    def tickets(self) -> TicketQuerySet:
        found = Ticket.objects.allowing(self.user, "read")
        return found.filter(self._condition()) if self.question.condition else found

    def _condition(self) -> Q:
        return to_q(self.question.condition, viewer(self.user))

    def _articles(self) -> QuerySet:
        return Article.objects.visible_to(self.user, None).values("pk")


@contextmanager
def with_room() -> Iterator[None]:
    """Within, PostgreSQL has memory to group many rows at once instead of sorting them on the disk."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        yield


def within(rows: QuerySet, source: Source, whole: Bucket) -> QuerySet:
    """Those of this time; of spans, those that touch it."""
    if source == Source.SPANS:
        return rows.filter(starts_at__lt=whole.ends).exclude(ends_at__lte=whole.starts)
    if source == Source.READINGS:
        # A day counts where any of it does: they are known by the day alone.
        last = (whole.ends.astimezone(UTC) - INSTANT).astimezone(whole.ends.tzinfo).date()
        return rows.filter(day__gte=whole.starts.date(), day__lte=last)
    return rows.filter(at__gte=whole.starts, at__lt=whole.ends)


def standing_at(rows: QuerySet, moment: datetime) -> QuerySet:
    """Spans that go over this moment."""
    return rows.annotate(during=TstzRange("starts_at", "ends_at")).filter(
        during__contains=Value(moment, DateTimeField())
    )


def open_now(rows: QuerySet, moment: datetime) -> Sequence[QuerySet]:
    """The same for a moment that has just been: those that go on, and what may have ended since."""
    begun = rows.filter(starts_at__lte=moment)
    return begun.filter(ends_at__isnull=True), begun.filter(ends_at__gt=moment)


def place_among(expression: str, moments: list[datetime]) -> Expression:
    """How many of these moments a row has reached."""
    array = Value(moments, ArrayField(DateTimeField()))
    return Func(F(expression), array, function="width_bucket", output_field=IntegerField())


def column_of(key: str, source: Source, buckets: list[Bucket], zone: ZoneInfo, readable: Readable) -> Expression | F:
    """What rows are grouped by: the place of the bucket, from 1, or what the dimension names."""
    if key == TIME:
        starts = [bucket.starts for bucket in buckets]
        if source == Source.READINGS:
            days = Value([moment.date() for moment in starts], ArrayField(DateField()))
            return Func(F("day"), days, function="width_bucket", output_field=IntegerField())
        return place_among(MOMENT[source], starts)
    if key == WEEKDAY:
        return ExtractIsoWeekDay(MOMENT[source], tzinfo=zone)
    if key == HOUR:
        return ExtractHour(MOMENT[source], tzinfo=zone)
    column = dimensions()[key].column(source)
    if key == QUEUE and not readable.sees_all:
        # Where tickets were that are seen today: of a queue one may not read that would be a part, and look like all.
        his = When(**{f"{column}__in": readable.queues}, then=F(column))
        return Case(his, default=Value(OTHER_QUEUES), output_field=BigIntegerField())
    return F(column)


def only(
    rows: QuerySet,
    places: Mapping[str, str],
    source: Source,
    buckets: Mapping[str, Bucket],
    zone: ZoneInfo,
    readable: Readable,
) -> QuerySet:
    """Rows of one header in each of these dimensions, by its key. Raises `ValueError` for keys that no row can have."""
    for dimension, key in places.items():
        if dimension == TIME:
            if source != Source.SPANS:
                rows = within(rows, source, buckets[key])
            continue
        if "\0" in key:
            raise ValueError(dimension)  # PostgreSQL's texts have no such character
        column = column_of(dimension, source, [], zone, readable)
        value: object = key
        if dimension not in ("channel", "target"):
            value = int(key) if key else None
        name = f"of_{dimension}"
        rows = rows.annotate(**{name: column})
        rows = rows.filter(**{f"{name}__isnull": True}) if value is None else rows.filter(**{name: value})
    return rows


def kinds_read(measures: Iterable[Measure]) -> set[str]:
    return {kind for measure in measures for part in measure.formula.parts for kind in part.kinds}
