"""What numbers can be told apart by: time, and the places and people of tickets as they were then."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.db import models
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from reports.measures import Source, measures
from sla.models import Kind as Clock
from tickets.models import Priority, Queue, Service, State, TicketType
from tickets.models.queue import place
from tickets.models.ticket import Channel

TIME, WEEKDAY, HOUR, QUEUE = "time", "weekday", "hour", "queue"
# What stands for every queue that the reader may not read (reports/rows.py).
OTHER_QUEUES = -1
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
ALL = tuple(Source)
_TICKETS = (Source.FACTS, Source.SPANS, Source.USES)


@dataclass(frozen=True)
class Dimension:
    """`column` is where the rows have it, by source where that differs; `sources` know it."""

    key: str
    label: Promise
    sources: Sequence[Source] = _TICKETS
    model: type[models.Model] | None = None
    # Which rows come first; without it those with the highest numbers do.
    order: Sequence[str] = ()
    columns: Mapping[Source, str] = field(default_factory=dict)
    # What people read where a ticket has none.
    nothing: Promise = _("Not set")

    def column(self, source: Source) -> str:
        if source in self.columns:
            return self.columns[source]
        return f"ticket__{self.key}_id" if source == Source.USES else f"{self.key}_id"


@cache
def dimensions() -> Mapping[str, Dimension]:
    """By key, in the order in which they are offered."""
    all_of_them = (
        Dimension(TIME, _("Time"), ALL),
        Dimension(WEEKDAY, _("Day of the week"), (Source.FACTS, Source.USES, Source.DEFLECTIONS)),
        Dimension(HOUR, _("Hour of the day"), (Source.FACTS, Source.USES, Source.DEFLECTIONS)),
        Dimension(QUEUE, _("Queue"), model=Queue, order=("path",)),
        Dimension("owner", _("Agent"), model=User, nothing=_("Nobody")),
        Dimension(
            "agent",
            _("Agent who did it"),
            (Source.FACTS, Source.USES),
            User,
            columns={Source.USES: "user_id"},
            nothing=_("No agent"),
        ),
        Dimension("state", _("Status"), (Source.FACTS, Source.SPANS, Source.USES), State, order=("position", "name")),
        Dimension("priority", _("Priority"), model=Priority, order=("-level", "name")),
        Dimension("type", _("Type"), model=TicketType, order=("position", "name"), nothing=_("No type")),
        Dimension("service", _("Service"), model=Service, nothing=_("No service")),
        Dimension("organisation", _("Organisation"), model=Organisation, nothing=_("No organisation")),
        Dimension("customer", _("Customer"), model=User, nothing=_("No customer")),
        Dimension(
            "channel",
            _("Channel"),
            columns={Source.FACTS: "channel", Source.SPANS: "channel", Source.USES: "ticket__channel"},
            nothing=_("No channel"),
        ),
        Dimension("target", _("Promise"), (Source.FACTS,), columns={Source.FACTS: "target"}),
    )
    return {dimension.key: dimension for dimension in all_of_them}


def dimensions_for(keys: Iterable[str]) -> Sequence[Dimension]:
    """Those that all of these measures know."""
    chosen = [measures()[key] for key in keys]
    return [
        dimension for dimension in dimensions().values() if all(_knows(measure.key, dimension) for measure in chosen)
    ]


def labels_of(dimension: Dimension, keys: Collection[str]) -> Mapping[str, str]:
    """What people read for these keys, in the order of the dimension where it has one."""
    if dimension.key == WEEKDAY:
        return {str(number): str(name) for number, name in enumerate(WEEKDAYS, start=1)}
    if dimension.key == HOUR:
        return {str(hour): f"{hour:02}:00" for hour in range(24)}
    if dimension.key == "channel":
        return _of_choices(dimension, Channel, keys)
    if dimension.key == "target":
        return _of_choices(dimension, Clock, keys)
    return _of_rows(dimension, keys)


def label_of_time(starts: object, grain: str) -> str:
    """A piece of time as people write it."""
    if grain == "quarter":
        return gettext("Q%(quarter)s %(year)s") % {"quarter": (starts.month + 2) // 3, "year": starts.year}  # type: ignore[attr-defined]
    if grain == "week":
        year, week, _day = starts.isocalendar()  # type: ignore[attr-defined]
        return gettext("Week %(week)s, %(year)s") % {"week": week, "year": year}
    formats = {"hour": "SHORT_DATETIME_FORMAT", "day": "SHORT_DATE_FORMAT", "month": "YEAR_MONTH_FORMAT", "year": "Y"}
    return date_format(starts, formats[grain])  # type: ignore[arg-type]


def _of_choices(dimension: Dimension, choices: type[models.TextChoices], keys: Collection[str]) -> Mapping[str, str]:
    known = {str(value): str(label) for value, label in choices.choices if value in keys}
    return known | {key: key or str(dimension.nothing) for key in keys if key not in known}


_GONE = pgettext_lazy("a row that was removed", "removed")


def _of_rows(dimension: Dimension, keys: Collection[str]) -> Mapping[str, str]:
    assert dimension.model is not None
    ids = [int(key) for key in keys if key]
    rows = dimension.model._default_manager.filter(pk__in=ids)
    found = {str(row.pk): _named(row) for row in (rows.order_by(*dimension.order) if dimension.order else rows)}
    if dimension.key == QUEUE and str(OTHER_QUEUES) in keys:
        found[str(OTHER_QUEUES)] = gettext("Other queues")
    found |= {key: str(_GONE) for key in keys if key and key not in found}
    return found | ({"": str(dimension.nothing)} if "" in keys else {})


def _named(row: models.Model) -> str:
    if isinstance(row, Queue | Service):
        return place(row.path)
    # the catalogue has friendlier words for stock rows
    return gettext(row.name) if isinstance(row, State | Priority | TicketType) else str(row)


def _knows(key: str, dimension: Dimension) -> bool:
    measure = measures()[key]
    if measure.source not in dimension.sources:
        return False
    if dimension.key == "target":
        return measure.group_key == "promises"
    return True
