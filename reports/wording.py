"""The numbers of measures as people read them, in pages, mails and charts (core/quantities.py)."""

from core.quantities import BUSINESS, COUNT, DURATION, SCORE, SHARE, written, written_change
from reports.measures import Measure, Unit

MINUTE = 60
_KINDS = {Unit.SECONDS: DURATION, Unit.MINUTES: BUSINESS, Unit.PERCENT: SHARE, Unit.POINTS: SCORE}


def quantity_of(measure: Measure) -> str:
    """Which of the kinds of core/quantities.py it is. Business time is told in hours, as its days differ in length."""
    if measure.unit == Unit.SECONDS and "business" in measure.key:
        return BUSINESS
    return _KINDS.get(measure.unit, COUNT)


def measured(value: float | None, measure: Measure) -> float | None:
    """In the unit of the quantity: spans in seconds."""
    return value * MINUTE if value is not None and measure.unit == Unit.MINUTES else value


def number(value: float | None, measure: Measure) -> str:
    return written(measured(value, measure), quantity_of(measure))


def difference(value: float, before: float, measure: Measure) -> str:
    return written_change(measured(value, measure) or 0, measured(before, measure) or 0, quantity_of(measure))
