"""Moments people put things off to, such as tomorrow at nine. Pure: a moment in somebody's zone in, moments out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MORNING = time(9)
MONDAY = 0


@dataclass(frozen=True)
class Preset:
    """`value` is stable, so that a form may carry it; what it means is worked out when it is sent."""

    value: str
    label: str | Promise
    at: datetime


def presets(at: datetime) -> Sequence[Preset]:
    """What is offered at the local time `at`, soonest first; days begin at nine in the zone of `at`."""
    to_monday = (MONDAY - at.weekday()) % 7 or 7
    offered = [
        Preset("hour", _("In one hour"), _in_hours(at, 1)),
        Preset("hours", _("In four hours"), _in_hours(at, 4)),
        Preset("tomorrow", _("Tomorrow morning"), _morning(at, 1)),
        Preset("days", _("In three days"), _morning(at, 3)),
        Preset("monday", _("On Monday"), _morning(at, to_monday)),
        Preset("week", _("In one week"), _morning(at, 7)),
        Preset("month", _("In four weeks"), _morning(at, 28)),
    ]
    return sorted(offered, key=lambda preset: preset.at)


def preset(value: str, at: datetime) -> datetime | None:
    """The moment a preset stands for; None for anything else."""
    return next((preset.at for preset in presets(at) if preset.value == value), None)


def _morning(at: datetime, days: int) -> datetime:
    """On the clock of the zone, whatever summer time does in between."""
    return datetime.combine(at.date() + timedelta(days=days), MORNING, tzinfo=at.tzinfo)


def _in_hours(at: datetime, hours: int) -> datetime:
    """Hours that pass, not hours on the clock; full minutes."""
    later = at.astimezone(UTC) + timedelta(hours=hours)
    return later.replace(second=0, microsecond=0).astimezone(at.tzinfo)
