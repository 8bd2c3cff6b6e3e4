"""What was done between two messages of a conversation: lines, and what of them is folded away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import ngettext

from sla.sentences import LOUD
from tickets.models import Event
from tickets.sentences import icon_of, sentence_of

# So many lines in a row are shown as one that can be opened.
GROUPED = 4
CLOCKS = "sla."


@dataclass(frozen=True)
class Line:
    pk: int
    text: str
    icon: str
    at: datetime
    # Of a deadline: which promise it is about ("" where it is about none), and what happened to it.
    kind: str = ""
    clock: str = ""

    @property
    def is_of_deadline(self) -> bool:
        return self.kind.startswith(CLOCKS)

    @property
    def is_loud(self) -> bool:
        return self.kind in LOUD


@dataclass(frozen=True)
class Fold:
    """Lines behind one sentence, or one after the other where there is none."""

    lines: Sequence[Line]
    summary: str = ""

    @property
    def at(self) -> datetime:
        return self.lines[-1].at


@dataclass(frozen=True)
class Done:
    """What was done between two messages."""

    lines: Sequence[Line] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        return self.lines[-1].at

    @property
    def folds(self) -> Sequence[Fold]:
        """What people did; then the deadlines: those that were missed, and one line for the rest of them."""
        done = [line for line in self.lines if not line.is_of_deadline]
        loud = _loudest(self.lines)
        quiet = [line for line in self.lines if line.is_of_deadline and line not in loud]
        folds = [_fold(done), Fold(loud), Fold(quiet, _noticed(len(quiet)))]
        return sorted((fold for fold in folds if fold.lines), key=lambda fold: fold.lines[0].pk)


def line_of(event: Event) -> Line:
    clock = (event.data or {}).get("clock") or {}
    by_person = event.kind == "sla.changed" and not event.actor.is_system
    kind = "" if by_person else event.kind
    return Line(event.pk, sentence_of(event), icon_of(event), event.at, kind=kind, clock=str(clock.get("now", "")))


def _loudest(lines: Iterable[Line]) -> list[Line]:
    """Of each promise that was missed that it was, and of its escalations only the last."""
    last: dict[tuple[str, str], Line] = {(line.kind, line.clock): line for line in lines if line.is_loud}
    return sorted(last.values(), key=lambda line: (line.at, line.pk))


def _fold(lines: Sequence[Line]) -> Fold:
    number = len(lines)
    if number < GROUPED:
        return Fold(lines)
    return Fold(lines, ngettext("%(number)s change", "%(number)s changes", number) % {"number": number})


def _noticed(number: int) -> str:
    told = ngettext("%(number)s notice about deadlines", "%(number)s notices about deadlines", number)
    return told % {"number": number}
