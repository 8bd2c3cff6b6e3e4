"""How measures are made of rows: parts that PostgreSQL counts, and what becomes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Q, Sum
from django.db.models import Value as Constant

from reports.models import Happened

Value = int | float | None


class Source(StrEnum):
    """Which rows are read."""

    FACTS = "facts"
    SPANS = "spans"
    USES = "uses"
    DEFLECTIONS = "deflections"
    READINGS = "readings"


class Percentile(Aggregate):
    """Between two values it lies where the share lies between them (percentile_cont)."""

    output_field = FloatField()

    def __init__(self, expression: str, share: float, **extra: Any):
        super().__init__(expression, share=share, **extra)
        self.template = f"PERCENTILE_CONT({share}) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Part:
    """One number: how many rows of these kinds there are, or what their `column` comes to."""

    kinds: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    column: str = ""
    at_least: int | None = None
    # Columns that must be empty, or must not be.
    without: str = ""
    given: str = ""
    # Of how many halves of the values it is the middle ...: None for sums and counts.
    percentile: float | None = None
    adds_up: bool = False

    @property
    def is_additive(self) -> bool:
        """Whether the number for all is the sum of those for each."""
        return self.percentile is None

    @property
    def is_tallied(self) -> bool:
        """Whether sums by the hour tell it (reports/models/tallies.py)."""
        return self.is_additive and not self.given and not self.without and self.at_least is None

    def rows(self) -> Q:
        found = Q()
        if self.kinds:
            found &= Q(kind__in=self.kinds) if len(self.kinds) > 1 else Q(kind=self.kinds[0])
        if self.targets:
            found &= Q(target__in=self.targets)
        for name, is_empty in ((self.column, False), (self.given, False), (self.without, True)):
            if name:
                found &= Q(**{f"{name}__isnull": is_empty})
        if self.at_least is not None:
            found &= Q(**{f"{self.column}__gte": self.at_least})
        return found

    def aggregate(self, rows: Q | None) -> Aggregate:
        """The number, of these rows alone where not all are its own (`rows()`)."""
        if self.percentile is not None:
            return Percentile(self.column, self.percentile, filter=rows)
        return Sum(self.column, filter=rows) if self.adds_up else Count(Constant(1), filter=rows)

    def tallied(self) -> Aggregate:
        """The same of sums by the hour."""
        rows = replace(self, column="").rows() or None
        number = f"{self.column}_number" if self.column else "number"
        return Sum(self.column if self.adds_up else number, filter=rows)


@dataclass(frozen=True)
class Formula:
    """The parts, and the value that they give. `behind` is the part whose rows lead to the tickets."""

    parts: tuple[Part, ...]
    value: Callable[[Sequence[Value]], Value]
    source: Source = Source.FACTS
    behind: int = 0

    @property
    def is_additive(self) -> bool:
        return all(part.is_additive for part in self.parts)

    @property
    def is_tallied(self) -> bool:
        return all(part.is_tallied for part in self.parts)


def number_of(*kinds: Happened, targets: Sequence[str] = ()) -> Formula:
    return Formula((Part(_values(kinds), tuple(targets)),), _count)


def sum_of(kind: Happened, column: str) -> Formula:
    return Formula((Part(_values([kind]), column=column, adds_up=True),), _count)


def mean_of(kind: Happened, column: str) -> Formula:
    rows = Part(_values([kind]), column=column)
    return Formula((rows, Part(_values([kind]), column=column, adds_up=True)), lambda parts: _ratio(parts[1], parts[0]))


def median_of(kind: Happened, column: str) -> Formula:
    return Formula((Part(_values([kind]), column=column, percentile=0.5),), lambda parts: parts[0])


def ninetieth_of(kind: Happened, column: str) -> Formula:
    return Formula((Part(_values([kind]), column=column, percentile=0.9),), lambda parts: parts[0])


def share_of(part: Part, *, of: Part) -> Formula:
    return Formula((part, of), lambda parts: _ratio(parts[0], parts[1]))


def _values(kinds: Sequence[Happened]) -> tuple[str, ...]:
    return tuple(kind.value for kind in kinds)


def _count(parts: Sequence[Value]) -> Value:
    return parts[0] or 0


def _ratio(part: Value, of: Value) -> Value:
    """None where there is nothing to divide by."""
    return None if not of else float(part or 0) / float(of)
