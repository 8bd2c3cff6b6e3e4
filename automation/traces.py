"""What rules did and why: for the ticket, for the page of a rule, and forgotten after a while."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, Max, Q, QuerySet

from automation.models import EffectRun, Rule, RuleRun
from core.clock import now
from core.work import wake
from tickets.models import Ticket

# Traces are for finding out why something happened; what did happen is in the history of the ticket for good.
KEPT = timedelta(days=90)
AT_ONCE = 5_000
RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Figures:
    """How a rule did lately. `failed` are runs in which something was not possible; milliseconds are the mean."""

    runs: int = 0
    failed: int = 0
    stopped: int = 0
    milliseconds: float = 0.0
    last_at: datetime | None = None


def runs_on(ticket: Ticket) -> QuerySet[RuleRun]:
    """What rules did on a ticket, the newest first, each with its rule, event and whoever caused that."""
    return RuleRun.objects.filter(ticket=ticket).select_related("rule", "event__actor", "event__article")


def runs_of(rule: Rule) -> QuerySet[RuleRun]:
    """The runs of a rule, the newest first, each with its ticket and event."""
    return RuleRun.objects.filter(rule=rule).select_related("ticket__queue", "event__actor")


def figures_of(rules: Collection[Rule]) -> Mapping[int, Figures]:
    """By rule: how each did during the last seven days; one query."""
    bad = Q(outcome=RuleRun.Outcome.FAILED)
    stopped = Q(outcome=RuleRun.Outcome.STOPPED)
    rows = (
        RuleRun.objects.filter(rule__in=rules, at__gt=now() - RECENT)
        .order_by()
        .values("rule")
        .annotate(
            runs=Count("pk"),
            failed=Count("pk", filter=bad),
            stopped=Count("pk", filter=stopped),
            mean=Avg("milliseconds"),
            last=Max("at"),
        )
    )
    return {
        row["rule"]: Figures(row["runs"], row["failed"], row["stopped"], round(row["mean"], 1), row["last"])
        for row in rows
    }


def caused_by(runs: Sequence[RuleRun]) -> Mapping[int, Sequence[int]]:
    """By run: the ids of the events its effects brought about."""
    return {run.pk: [each["event"] for each in run.effects if each.get("event")] for run in runs}


def try_again(run: RuleRun) -> int:
    """Effects of a run that were given up are due again at once; returns how many."""
    rows = list(EffectRun.objects.parked().filter(run=run))
    for row in rows:
        row.retry()
        row.save_work()
        run.note_effect(row.place, result="waiting")
        wake(row)
    return len(rows)


def forget_old() -> int:
    """Delete traces that nobody asks for any more, some at a time; returns how many."""
    old = RuleRun.objects.filter(at__lt=now() - KEPT).order_by("at").values("pk")[:AT_ONCE]
    deleted, _by_model = RuleRun.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return deleted
