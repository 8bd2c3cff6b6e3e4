"""What the report builder offers: measures, what tells them apart, periods, and how the answer is drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from reports.dimensions import HOUR, TIME, WEEKDAY, dimensions_for
from reports.measures import measures
from reports.models import Display
from reports.questions import COMPARISONS, GRAINS, MOMENTS, MOST_MEASURES, PERIODS
from web.common.locales import zone_choices
from web.desk.reports.addresses import OWN_DAYS
from web.desk.reports.shown import Shown

Choice = tuple[str, str | Promise]
# What the builder shows to who begins.
BEGINNING: Mapping[str, Any] = {
    "measures": ["created", "closed"],
    "rows": "time",
    "period": {"name": "last_30_days"},
    "grain": "day",
}
BEGINNING_AS = Display.LINE


@dataclass(frozen=True)
class Chosen:
    """A measure of the question. `label` names its field."""

    number: int
    key: str


@dataclass(frozen=True)
class Offered:
    """Each list with what is chosen of it."""

    measures: Sequence[tuple[str | Promise, Sequence[Choice]]]
    chosen: Sequence[Chosen]
    dimensions: Sequence[Choice]
    by: str
    across: str
    has_time: bool
    grains: Sequence[Choice]
    grain: str
    periods: Sequence[Choice]
    period: str
    days: Mapping[str, str]
    comparisons: Sequence[Choice]
    compare: str
    moments: Sequence[Choice]
    as_of: str
    displays: Sequence[Choice]
    display: str
    zones: Sequence[Choice]
    # zones by region
    places: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    zone: str

    @property
    def own_days(self) -> str:
        return OWN_DAYS

    @property
    def in_a_line(self) -> str:
        """What is asked, without the filter: "Opened, Closed · Time · Last 30 days"."""
        labels = {key: str(label) for _group, choices in self.measures for key, label in choices}
        sides = dict(self.dimensions)
        days = " – ".join(str(self.days[side]) for side in ("from", "to") if self.days.get(side))
        said = [
            ", ".join(labels[one.key] for one in self.chosen if one.key),
            " × ".join(str(sides[side]) for side in (self.by, self.across) if side in sides),
            str(dict(self.periods).get(self.period, days)),
        ]
        return " · ".join(part for part in said if part)


def offered(data: Mapping[str, Any], display: str, shown: Shown | None) -> Offered:
    """`data` is the question as far as it is put together, which need not be one that can be asked."""
    keys = [key for key in data.get("measures") or [] if isinstance(key, str) and key in measures()]
    period = data.get("period") or {}
    by, across = str(data.get("rows") or ""), str(data.get("columns") or "")
    zone = str(data.get("zone") or "")
    known = zone_choices(zone)[1:]
    return Offered(
        measures=_grouped(),
        chosen=[Chosen(i, key) for i, key in enumerate([*keys, ""][:MOST_MEASURES], 1)],
        dimensions=[(one.key, one.label) for one in dimensions_for(tuple(keys))],
        by=by,
        across=across,
        has_time=TIME in (by, across),
        grains=list(GRAINS.items()),
        grain=str(data.get("grain") or "day"),
        periods=list(PERIODS.items()),
        period=period.get("name") or OWN_DAYS,
        days=period,
        comparisons=list(COMPARISONS.items()),
        compare=str(data.get("compare") or ""),
        moments=list(MOMENTS.items()),
        as_of=str(data.get("as_of") or ""),
        displays=displays_for(by, across),
        display=shown.display if shown else display,
        zones=[("", _("Of whoever looks at it")), *((name, at) for name, at in known if isinstance(at, str))],
        places=[(region, at) for region, at in known if not isinstance(at, str)],
        zone=zone,
    )


def displays_for(by: str, across: str) -> list[Choice]:
    """Pictures that can be drawn of such an answer."""
    fitting = {Display.TABLE, Display.NUMBER}
    if by or across:
        fitting |= {Display.BARS, Display.STACKED}
    if {by, across} & {TIME, HOUR, WEEKDAY}:
        fitting.add(Display.LINE)
    if by and across:
        fitting.add(Display.HEAT)
    return [(value, label) for value, label in Display.choices if value in fitting]


def _grouped() -> list[tuple[str | Promise, Sequence[Choice]]]:
    found: Iterable = groupby(measures().values(), key=lambda measure: str(measure.group))
    return [(group, [(one.key, one.label) for one in of_group]) for group, of_group in found]
