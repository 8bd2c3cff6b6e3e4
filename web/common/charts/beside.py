"""Charts that stand in or beside tables: bars that lie, heat maps, sparklines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.quantities import written
from web.common.charts.series import Values

LEVELS = 5
SPARK_WIDTH, SPARK_HEIGHT, _EDGE = 88, 28, 4


@dataclass(frozen=True)
class Lying:
    """A bar in a row of a table, in percent of its width."""

    x: float
    width: float


@dataclass(frozen=True)
class Warmth:
    """A cell of a heat map: its class is `h-<level>`, 0 for nothing."""

    level: int
    text: str
    title: str
    url: str = ""


def lying(values: Values) -> list[Lying | None]:
    """A bar for each value, all on one scale from zero, the longest over the whole width."""
    known = [value for value in values if value]
    low, high = min([0, *known]), max([0, *known])
    if low == high:
        return [None if value is None else Lying(0, 0) for value in values]
    return [None if value is None else _bar(value, low, high) for value in values]


def _bar(value: float, low: float, high: float) -> Lying:
    start, end = sorted((0 - low, value - low))
    return Lying(round(start / (high - low) * 100, 1), round((end - start) / (high - low) * 100, 1))


def heat(
    table: Sequence[Values],
    kind: str,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    urls: Sequence[Sequence[str]] = (),
) -> list[list[Warmth]]:
    """Five shades from the smallest to the largest; what is zero or unknown has none."""
    most = max((value for row in table for value in row if value), default=0)
    # Hundreds of cells have few different values.
    words = {value: written(value, kind) for value in {value for row in table for value in row}}
    return [
        [
            Warmth(
                _level(value, most),
                words[value],
                f"{rows[i]}, {columns[j]}: {words[value]}",
                urls[i][j] if urls else "",
            )
            for j, value in enumerate(row)
        ]
        for i, row in enumerate(table)
    ]


def _level(value: float | None, most: float) -> int:
    if not value or value < 0 or most <= 0:
        return 0
    return min(LEVELS, math.ceil(value / most * LEVELS))


def spark(values: Values) -> str:
    """The path of a line 88 wide and 28 high, stretched between its own extremes; empty for fewer than two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step, room = SPARK_WIDTH / (len(values) - 1), SPARK_HEIGHT - 2 * _EDGE
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        runs[-1].append(f"{index * step:.1f} {SPARK_HEIGHT - _EDGE - share * room:.1f}")
    # of a line without length the round ends are drawn
    return "".join(f"M{'L'.join(run)}{'h0' if len(run) == 1 else ''}" for run in runs if run)
