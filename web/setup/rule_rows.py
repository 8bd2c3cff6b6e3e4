"""Rules as the list shows them, with how they did lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from automation.models import Rule, RuleRun
from automation.traces import runs_of
from core.clock import now
from web.common.rule_traces import Told as ToldRun
from web.common.rule_traces import told as told_runs
from web.setup.rule_conditions import RuleChoices
from web.setup.rule_words import Told, told

LATELY = timedelta(hours=24)
FAILURES = (RuleRun.Outcome.FAILED, RuleRun.Outcome.STOPPED)
LATEST = 5


@dataclass(frozen=True)
class Row:
    told: Told
    last_run: datetime | None
    failures: int

    @property
    def text(self) -> str:
        """All that the list says of it, and what it is for."""
        told, rule = self.told, self.told.rule
        said = [told.happenings, told.queues, told.condition, told.effects]
        return " ".join([rule.name, rule.description, rule.get_status_display(), *said] if rule else said)


def rows(choices: RuleChoices) -> list[Row]:
    last = RuleRun.objects.filter(rule=OuterRef("pk")).order_by("-id").values("at")[:1]
    found = list(Rule.objects.prefetch_related("queues").annotate(last_run=Subquery(last)))
    lately = RuleRun.objects.filter(at__gte=now() - LATELY, outcome__in=FAILURES, rule__in=found)
    failures = dict(lately.order_by().values_list("rule").annotate(number=Count("pk")))
    return [
        Row(words, one.last_run, failures.get(one.pk, 0))
        for words, one in zip(told(found, choices), found, strict=True)
    ]


def failed_lately() -> QuerySet[RuleRun]:
    """Runs of the last day in which something was not possible, for the overview."""
    return RuleRun.objects.filter(at__gte=now() - LATELY, outcome__in=FAILURES)


def told_as_saved(rule: Rule, choices: RuleChoices) -> Told:
    """What runs, whatever the page shows of it."""
    return told([Rule.objects.prefetch_related("queues").get(pk=rule.pk)], choices)[0]


def place_of(rule: Rule) -> str:
    """ "4th of 27", without ordinals that languages form in their own way."""
    words = {"place": Rule.objects.filter(position__lte=rule.position).count(), "number": Rule.objects.count()}
    return _("Rule %(place)s of %(number)s") % words


def latest_runs(rule: Rule, reader: User) -> Sequence[ToldRun]:
    return told_runs(list(runs_of(rule)[:LATEST]), RuleChoices(reader))
