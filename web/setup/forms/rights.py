"""The table of rights: rows (queues, or roles) times rights as checkboxes, and why a right holds without a tick."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tickets.grants import Table
from tickets.rights import IMPLIES, RIGHTS

LABELS: Mapping[str, str | Promise] = {
    "read": pgettext_lazy("right", "See"),
    "create": pgettext_lazy("right", "Create"),
    "move_into": gettext_lazy("Move into"),
    "note": gettext_lazy("Add notes"),
    "owner": gettext_lazy("Change owner"),
    "priority": gettext_lazy("Change priority"),
    "write": gettext_lazy("Everything"),
}
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """What a row is about. `above` are grants it inherits: where they stand and which they are, nearest first."""

    pk: int
    label: str
    link: int | None = None  # the number its own page has
    above: Sequence[tuple[str, frozenset[str]]] = ()
    depth: int = 0


@dataclass(frozen=True)
class Cell:
    right: str
    label: str | Promise
    value: str
    ticked: bool
    reason: str


@dataclass(frozen=True)
class Row:
    subject: Subject
    cells: Sequence[Cell]


class RightsTable:
    """Bound when `data` is given; then `wanted` is what was ticked, for known rows and rights only."""

    name = "grant"
    labels = [LABELS[right] for right in RIGHTS]

    def __init__(self, subjects: Sequence[Subject], granted: Table, data: QueryDict | None = None) -> None:
        self.subjects = subjects
        self.granted = granted
        self.wanted: Table = self._read(data) if data is not None else granted

    def _read(self, data: QueryDict) -> Table:
        ticked = set(data.getlist(self.name))
        return {s.pk: frozenset(right for right in RIGHTS if _value(s.pk, right) in ticked) for s in self.subjects}

    @property
    def rows(self) -> Iterable[Row]:
        for subject in self.subjects:
            own = self.wanted.get(subject.pk, NONE)
            reasons = why_held(self.granted.get(subject.pk, NONE), subject.above)
            yield Row(
                subject,
                [
                    Cell(right, LABELS[right], _value(subject.pk, right), right in own, reasons.get(right, ""))
                    for right in RIGHTS
                ],
            )


def why_held(own: frozenset[str], above: Sequence[tuple[str, frozenset[str]]]) -> dict[str, str]:
    """For every right that holds without being granted here: the reason in words."""
    reasons: dict[str, str] = {}
    for place, rights in reversed(above):
        words = _("Inherited from %(queue)s") % {"queue": place}
        reasons |= {right: words for granted in rights for right in IMPLIES.get(granted, NONE)}
    for granted in RIGHTS:
        if granted in own:
            words = _("Included in “%(right)s”") % {"right": LABELS[granted]}
            reasons |= dict.fromkeys(IMPLIES[granted] - {granted}, words)
    return {right: words for right, words in reasons.items() if right not in own}


def _value(pk: int, right: str) -> str:
    return f"{pk}:{right}"
