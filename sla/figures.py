"""What clocks come to: met, late and by how much, by kind and priority. Pure; for previews and for reports."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Outcome:
    """One clock as it stands, or as it ended. `spent` and `target` are seconds of business time."""

    ticket: int
    number: str
    priority: int
    kind: str
    target: int
    spent: int
    is_done: bool
    passed_at: datetime | None = None

    @property
    def late_by(self) -> int:
        """Seconds over the target; negative when there was time left."""
        return self.spent - self.target

    @property
    def is_late(self) -> bool:
        return self.late_by > 0

    @property
    def is_met(self) -> bool:
        return self.is_done and not self.is_late


@dataclass(frozen=True)
class Total:
    """All clocks of one kind on tickets of one priority: `clocks` = `met` + `late` + `running`, in time so far.

    `mean_spent` is over all that are met or late, `mean_late` over the late ones; None when there are none.
    """

    kind: str
    priority: int
    tickets: int
    clocks: int
    met: int
    late: int
    running: int
    mean_spent: int | None
    mean_late: int | None


def totals_of(outcomes: Iterable[Outcome]) -> Sequence[Total]:
    """By kind, then by priority."""
    groups = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.kind, outcome.priority].append(outcome)
    return [_total(kind, priority, groups[kind, priority]) for kind, priority in sorted(groups)]


def _total(kind: str, priority: int, outcomes: Sequence[Outcome]) -> Total:
    late = [outcome for outcome in outcomes if outcome.is_late]
    met = [outcome for outcome in outcomes if outcome.is_met]
    return Total(
        kind=kind,
        priority=priority,
        tickets=len({outcome.ticket for outcome in outcomes}),
        clocks=len(outcomes),
        met=len(met),
        late=len(late),
        running=len(outcomes) - len(met) - len(late),
        mean_spent=_mean([outcome.spent for outcome in (*met, *late)]),
        mean_late=_mean([outcome.late_by for outcome in late]),
    )


def _mean(seconds: Sequence[int]) -> int | None:
    return round(sum(seconds) / len(seconds)) if seconds else None
