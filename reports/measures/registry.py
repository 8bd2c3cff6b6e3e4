"""What a measure is, and all there are. Each is one function that says by which formula it is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.measures.formulas import Formula, Source

Text = str | Promise


class Unit(StrEnum):
    TICKETS = "tickets"
    MESSAGES = "messages"
    TIMES = "times"
    SECONDS = "seconds"
    MINUTES = "minutes"
    PERCENT = "percent"  # a share from 0 to 1
    POINTS = "points"  # from 1 to 5


class Kind(StrEnum):
    COUNT = "count"
    DURATION = "duration"
    SHARE = "share"
    SCORE = "score"
    # How it was at a moment, the end of the time asked about; nothing that adds up over time.
    LEVEL = "level"


class Group(StrEnum):
    """Measures that belong together, in the order in which they are offered."""

    VOLUME = "volume"
    TIMES = "times"
    PROMISES = "promises"
    QUALITY = "quality"
    WORK = "work"
    KNOWLEDGE = "knowledge"


GROUPS: Mapping[str, Text] = {
    Group.VOLUME: _("Volume"),
    Group.TIMES: _("Times"),
    Group.PROMISES: _("Service levels"),
    Group.QUALITY: _("Quality"),
    Group.WORK: _("Work"),
    Group.KNOWLEDGE: pgettext_lazy("measures", "Knowledge base"),
}


@dataclass(frozen=True)
class Measure:
    """`explanation` says what counts and what does not; `better` is "more", "less", or empty."""

    key: str
    label: Text
    explanation: Text
    group_key: str
    unit: Unit
    kind: Kind
    formula: Formula
    better: str = ""

    @property
    def group(self) -> Text:
        return GROUPS[self.group_key]

    @property
    def source(self) -> Source:
        return self.formula.source

    @property
    def drills(self) -> bool:
        """Whether there are tickets behind its numbers."""
        return self.source not in (Source.DEFLECTIONS, Source.READINGS)


_known: dict[str, Measure] = {}


def measures() -> Mapping[str, Measure]:
    """By key, in the order in which they are offered."""
    return MappingProxyType(_known)


def measure(
    label: Text, explanation: Text, *, group: Group, unit: Unit, kind: Kind = Kind.COUNT, better: str = ""
) -> Callable[[Callable[[], Formula]], Callable[[], Formula]]:
    """Make the function a measure; its name is the key."""

    def keep(function: Callable[[], Formula]) -> Callable[[], Formula]:
        key = function.__name__
        _known[key] = Measure(key, label, explanation, group, unit, kind, function(), better)
        return function

    return keep
