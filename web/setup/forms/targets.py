"""Targets as a table: one row for all priorities and one for each that has its own, typed as people write spans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.durations import DAY, parse_duration, written_duration
from sla.hours import read
from sla.instants import HoursError
from sla.models import Calendar
from sla.models.policy import LONGEST_SECONDS
from sla.weeks import usual_day
from tickets.models import Priority
from web.setup.forms.problems import Problem

SHORTEST_SECONDS = 60
# What stands for "no target", besides the word of the reader's language.
NONE = ("none", "-", "–", "0")


class Days:
    """How long a day of business time is, by the id of a calendar; None is the one taken where none is chosen."""

    def __init__(self) -> None:
        self.calendars = list(Calendar.objects.all())
        self._lengths = {calendar.pk: _length(calendar) for calendar in self.calendars}
        default = next((calendar.pk for calendar in self.calendars if calendar.is_default), None)
        self._default = self._lengths.get(default, DAY) if default else DAY

    def choices(self, empty: str) -> list[tuple[int | str, str]]:
        """For a field, without asking for the calendars again."""
        return [("", empty), *((calendar.pk, calendar.name) for calendar in self.calendars)]

    def of(self, calendar: int | None) -> int:
        return self._lengths.get(calendar, self._default) if calendar else self._default


@dataclass
class Cell:
    """One target. `calendar` is an id as text, empty for that of the SLA; `heading` is that of its column."""

    name: str
    label: str
    heading: str
    text: str = ""
    calendar: str = ""
    error: str = ""
    seconds: int | None = None

    @property
    def is_blank(self) -> bool:
        return not self.text


@dataclass
class Row:
    priority: Priority | None
    cells: list[Cell] = field(default_factory=list)


class TargetTable:
    """`t-KIND-PRIORITY` is a span, empty for what the first row says, or "none"; `c-...` is its calendar.

    Kinds are pairs of a key and a label. `usual` is the calendar of a target that names none.
    """

    def __init__(self, kinds: Sequence[tuple[str, Any]], rows: Sequence[Row], days: Days, usual: int | None) -> None:
        self.kinds, self.rows, self.days, self.usual = kinds, rows, days, usual

    @classmethod
    def of(
        cls, kinds: Sequence[tuple[str, Any]], targets: Iterable[Any], days: Days, usual: int | None
    ) -> "TargetTable":
        known = {(getattr(one, "kind", kinds[0][0]), one.priority_id): one for one in targets}
        table = cls(kinds, _rows(kinds, {priority for _kind, priority in known}), days, usual)
        for row in table.rows:
            for (key, _label), cell in zip(kinds, row.cells, strict=True):
                target = known.get((key, row.priority.pk if row.priority else None))
                if target is not None:
                    cell.calendar = str(getattr(target, "calendar_id", None) or "")
                    cell.text = written_duration(target.seconds, day=table.day_of(cell)) if target.seconds else none()
        return table

    @classmethod
    def posted(
        cls,
        kinds: Sequence[tuple[str, Any]],
        data: QueryDict,
        named: Iterable[int | None],
        days: Days,
        usual: int | None,
    ) -> "TargetTable":
        table = cls(kinds, _rows(kinds, set(named)), days, usual)
        for row in table.rows:
            for cell in row.cells:
                cell.text = data.get(f"t-{cell.name}", "").strip()[:50]
                cell.calendar = data.get(f"c-{cell.name}", "")
        return table

    def is_valid(self) -> bool:
        """Reads what was typed; cells that cannot be read get their `error`."""
        for row in self.rows:
            for cell in row.cells:
                self._read(cell)
        return not self.problems()

    def values(self) -> list[tuple[str, Row, Cell]]:
        """Kind, row and cell of every target there is."""
        return [
            (key, row, cell)
            for row in self.rows
            for (key, _label), cell in zip(self.kinds, row.cells, strict=True)
            if not cell.is_blank
        ]

    def problems(self) -> list[Problem]:
        return [Problem(cell.label, f"t-{cell.name}") for row in self.rows for cell in row.cells if cell.error]

    def calendar_of(self, cell: Cell) -> Calendar | None:
        return next((one for one in self.days.calendars if str(one.pk) == cell.calendar), None)

    def calendar_named(self, pk: int | None) -> Calendar | None:
        return next((one for one in self.days.calendars if one.pk == pk), None)

    def day_of(self, cell: Cell) -> int:
        calendar = self.calendar_of(cell)
        return self.days.of(calendar.pk if calendar else self.usual)

    @property
    def day_text(self) -> str:
        """How long a day is where a target names no calendar."""
        return written_duration(self.days.of(self.usual))

    @property
    def has_calendars(self) -> bool:
        return any(cell.calendar for row in self.rows for cell in row.cells)

    def _read(self, cell: Cell) -> None:
        cell.error, cell.seconds = "", None
        if cell.is_blank or is_none(cell.text):
            return
        try:
            cell.seconds = read_span(cell.text, day=self.day_of(cell))
        except ValueError:
            cell.error = _("Write 30 min, 4 h, 2 d or none.")


def none() -> str:
    return pgettext("target", "none")


def is_none(text: str) -> bool:
    return text.casefold() in (*NONE, none().casefold())


def read_span(text: str, *, day: int) -> int:
    """Raises `ValueError` for what is no span and for one that is too short or too long for a target."""
    seconds = parse_duration(text, day=day)
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise ValueError(text)
    return seconds


def _rows(kinds: Sequence[tuple[str, Any]], named: set[int | None]) -> list[Row]:
    """All priorities first, then the most urgent; retired ones only where they have a target."""
    priorities = [one for one in Priority.objects.order_by("-level", "position") if one.is_active or one.pk in named]
    return [_row(kinds, None), *(_row(kinds, priority) for priority in priorities)]


def _row(kinds: Sequence[tuple[str, Any]], priority: Priority | None) -> Row:
    name = _(priority.name) if priority else _("All priorities")
    suffix = priority.pk if priority else 0
    return Row(priority, [Cell(f"{key}-{suffix}", f"{label}, {name}", str(label)) for key, label in kinds])


def _length(calendar: Calendar) -> int:
    facts: Mapping[str, Any] = {"zone": calendar.zone, "hours": calendar.hours}
    try:
        return usual_day(read(facts))
    except HoursError:
        return DAY
