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
    """Bound when `data` is given; then `wanted` is what was ticked, for known rows and rights only.

    The page also sends which rights it showed (`shown`, None from programs that do not say): rows that nobody touched
    are those of the database, so that a table that was open for long takes nothing back.
    """

    name = "grant"
    shown_name = "grant-shown"
    labels = [LABELS[right] for right in RIGHTS]

    def __init__(self, subjects: Sequence[Subject], granted: Table, data: QueryDict | None = None) -> None:
        self.subjects = subjects
        self.granted = granted
        self.shown: Table | None = None
        self.wanted: Table = granted
        self._still_shown: Table = {}
        if data is not None:
            self._read(data)

    def _read(self, data: QueryDict) -> None:
        ticked = self._table(data.getlist(self.name))
        if self.shown_name in data:
            self.shown = shown = self._table(data[self.shown_name].split())
            self._still_shown = {pk: shown[pk] for pk in shown if ticked[pk] != shown[pk]}
            ticked = {pk: ticked[pk] if pk in self._still_shown else self.granted.get(pk, NONE) for pk in ticked}
        self.wanted = ticked

    def accept_news(self) -> None:
        """The page now says what somebody else has changed: what it shows as granted is what is granted."""
        self._still_shown = {}

    def _table(self, values: Iterable[str]) -> dict[int, frozenset[str]]:
        found = set(values)
        return {s.pk: frozenset(right for right in RIGHTS if _value(s.pk, right) in found) for s in self.subjects}

    @property
    def shown_value(self) -> str:
        """The rights that the page shows as granted here, for the hidden field."""
        rows = [(s.pk, self._still_shown.get(s.pk, self.granted.get(s.pk, NONE))) for s in self.subjects]
        return " ".join(_value(pk, right) for pk, rights in rows for right in RIGHTS if right in rights)

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
