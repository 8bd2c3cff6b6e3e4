"""What has been counted so far, of the time asked about and of the time it is compared with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reports.dimensions import TIME
from reports.measures import Value
from reports.periods import Bucket
from reports.questions import Question
from reports.tables import TOTAL

# A row and a column, by their keys.
Place = tuple[str, str]
Values = dict[tuple[str, str, str], Value]


@dataclass
class Half:
    """Values by row, column and measure. `names` are the keys under which pieces of time are filed: those of the time
    asked about."""

    whole: Bucket
    buckets: list[Bucket]
    names: list[str]
    values: Values = field(default_factory=dict)

    def put(self, place: Place, measure: str, value: Value) -> None:
        self.values[*place, measure] = value

    def add(self, place: Place, measure: str, number: int) -> None:
        self.values[*place, measure] = int(self.values.get((*place, measure)) or 0) + number

    def place(self, row: Mapping, keys: Iterable[str], question: Question) -> Place:
        """Where a group of rows stands in the table; `TOTAL` where nothing is told apart by that."""
        found = [
            TOTAL if not key or key not in keys else self._key(key, row[f"by_{key}"])
            for key in (question.rows, question.columns)
        ]
        return found[0], found[1]

    def _key(self, dimension: str, value: object) -> str:
        if dimension == TIME:
            assert isinstance(value, int)
            return self.names[value - 1]
        return "" if value is None else str(value)


def with_totals(place: Place) -> set[Place]:
    """The cell, and the totals that it is part of."""
    row, column = place
    return {place, (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)}
