"""The scale of an axis: where it begins and ends, and the round values it names."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.durations import DAY, HOUR, MINUTE
from core.quantities import BUSINESS, COUNT, DURATION, SCORE, SHARE

# More lines than these are no help to the eye.
MOST_STEPS = 5
_SPANS = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * number for number in (1, 2, 5, 10, 15, 30)),
    *(HOUR * number for number in (1, 2, 3, 6, 12)),
)
_DAYS = (DAY, 2 * DAY, 5 * DAY, 7 * DAY)
_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_ROUND = (1, 2, 5, 10)
# Smaller differences are errors of arithmetic.
_FINEST = 1e-6


@dataclass(frozen=True)
class Scale:
    """`ticks` rise evenly from `low` to `high`."""

    low: float
    high: float
    ticks: Sequence[float]

    def at(self, value: float) -> float:
        """How far up a value stands, 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def scale_from_zero(values: Iterable[float | None], kind: str) -> Scale:
    """For lengths and areas: they lie unless they begin at zero. `kind` is one of `core.quantities`."""
    known = _known(values)
    return _scale(min([0, *known]), max([0, *known]), kind)


def scale_around(values: Iterable[float | None], kind: str) -> Scale:
    """For lines of shares and scores, whose changes are small beside their distance from zero."""
    known = _known(values)
    low, high = min(known, default=0), max(known, default=0)
    is_flat = high - low <= _FINEST * max(abs(low), abs(high))
    return scale_from_zero(known, kind) if is_flat or kind not in (SHARE, SCORE) else _scale(low, high, kind)


def _known(values: Iterable[float | None]) -> list[float]:
    """What is next to nothing is nothing."""
    return [value if abs(value) > _FINEST else 0 for value in values if value is not None]


def _scale(low: float, high: float, kind: str) -> Scale:
    step = _step((high - low) or _usual(kind), kind)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    if kind == SHARE and low >= 0 and high <= 1:
        last = min(last, round(1 / step))
        first = min(first, last - 1)
    return Scale(first * step, last * step, [number * step for number in range(first, last + 1)])


def _usual(kind: str) -> float:
    """What an axis shows where all values are zero or there is none."""
    return {DURATION: HOUR, BUSINESS: HOUR, SHARE: 1, SCORE: 5}.get(kind, 1)


def _step(span: float, kind: str) -> float:
    """The smallest round step of which a few reach."""
    steps = _fixed(kind)
    found = next((step for step in steps if span / step <= MOST_STEPS), None)
    return found if found is not None else _decimal(span, largest=max(steps, default=0), whole=kind == COUNT)


def _fixed(kind: str) -> Sequence[float]:
    if kind == SHARE:
        return _SHARES
    return {DURATION: (*_SPANS, *_DAYS), BUSINESS: _SPANS}.get(kind, ())


def _decimal(span: float, *, largest: float, whole: bool) -> float:
    """1, 2 or 5 times a power of ten; of spans beyond the fixed ones, that often the largest of these."""
    unit = largest or 1
    power = 10.0 ** math.floor(math.log10(span / unit / MOST_STEPS))
    step = next(power * number for number in _ROUND if span / (unit * power * number) <= MOST_STEPS)
    return unit * (max(1, round(step)) if largest or whole else step)
