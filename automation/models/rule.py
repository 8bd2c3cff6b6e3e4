"""Rules, their runs and what each run did."""

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import now
from core.work import WorkRow
from tickets.models import Event, Queue, Ticket


class RuleQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(status=Rule.Status.ACTIVE)


class Rule(models.Model):
    """When one of `events` happens to a ticket of `queues` (all where none is named) and `condition` holds, the effects
    are done in their order. Rules are asked by position (automation/rule_handlers.py)."""

    class Status(models.TextChoices):
        # Never asked; tried on the past.
        DRAFT = "draft", pgettext_lazy("rule", "Draft")
        ACTIVE = "active", pgettext_lazy("rule", "Active")
        PAUSED = "paused", pgettext_lazy("rule", "Paused")

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.DRAFT, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    # Names of happenings (automation/happenings.py).
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("events"), default=list)
    # The condition language with the event's own fields (automation/conditions.py); empty holds always.
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    # automation/effects.py
    effects = models.JSONField(_("effects"), default=list)
    queues: models.ManyToManyField = models.ManyToManyField(
        Queue, blank=True, related_name="+", verbose_name=_("only in these queues")
    )
    stops = models.BooleanField(_("no further rules after this one"), default=False)
    once_per_ticket = models.BooleanField(_("once per ticket"), default=False)
    # What is to become of an active rule, until it is published: events, condition, effects, queues (ids) and so on
    # (automation/rule_drafts.py). What runs is the row itself.
    draft = models.JSONField(_("unpublished changes"), null=True, blank=True, editable=False)
    # A person's change, never a run.
    changed_at = models.DateTimeField(default=now, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class RuleStamp(models.Model):
    """One row that is another one after each change of a rule: processes read the rules anew then."""

    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.stamp)


class RuleRun(models.Model):
    """A rule whose condition held for an event, and what it did; written in the transaction of its effects."""

    class Outcome(models.TextChoices):
        DONE = "done", pgettext_lazy("run of a rule", "Done")
        NOTHING = "nothing", pgettext_lazy("run of a rule", "Nothing to change")
        FAILED = "failed", pgettext_lazy("run of a rule", "Not everything was possible")
        # The chain of causes was too long, or what one event set off was too much.
        STOPPED = "stopped", pgettext_lazy("run of a rule", "Stopped, because it went round in a loop")

    # None: the rule has been removed since.
    rule = models.ForeignKey(Rule, on_delete=models.SET_NULL, null=True, related_name="runs", db_index=False)
    rule_name = models.CharField(max_length=100)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="rule_runs", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rule_runs", db_index=False)
    # The place of the rule among all: whoever resumes begins behind it.
    position = models.PositiveIntegerField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    # {"held": bool, "field": ..., ...} as the condition is nested (automation/outcomes.py).
    conditions = models.JSONField(default=dict)
    # [{"effect": {"do": ...}, "result": "done", "nothing", "refused", "waiting", "failed" or "stopped", "code": ...,
    # "event": id}] in their order; "waiting" is tried again.
    effects = models.JSONField(default=list)
    # The first cause of the chain that this run belongs to, and how far it is from it.
    root_id = models.BigIntegerField()
    depth = models.PositiveSmallIntegerField(default=0)
    stopped_others = models.BooleanField(default=False)
    milliseconds = models.FloatField(default=0)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "rule"], name="one_run_per_event_and_rule"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "-id"], name="rule_run_of_ticket"),
            models.Index(fields=["rule", "-id"], name="rule_run_of_rule"),
            models.Index(fields=["root_id"], name="rule_run_root"),
            models.Index(fields=["at"], name="rule_run_at"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_name} on {self.ticket_id}"

    def note_effect(self, place: int, **said: Any) -> None:
        """What became of one of the effects in the end."""
        run = RuleRun.objects.select_for_update(of=("self",)).get(pk=self.pk)
        run.effects[place] = {**run.effects[place], **said}
        run.outcome = outcome_of([effect["result"] for effect in run.effects])
        run.save(update_fields=["effects", "outcome"])
        self.effects, self.outcome = run.effects, run.outcome


def outcome_of(results: Collection[str]) -> str:
    """What a run was, by the results of its effects: the worst counts."""
    if "stopped" in results:
        return RuleRun.Outcome.STOPPED
    if not {"refused", "waiting", "failed"}.isdisjoint(results):
        return RuleRun.Outcome.FAILED
    return RuleRun.Outcome.DONE if "done" in results else RuleRun.Outcome.NOTHING


class RuleOnce(models.Model):
    """A rule that is to run once per ticket has done so. Kept when the trace of the run is not any more."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "ticket"], name="one_mark_per_rule_and_ticket")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.ticket_id}"


class EffectRun(WorkRow):
    """One effect of a run that went wrong and is to be tried again, alone."""

    task = "automation.tasks.run_effect"
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(seconds=30),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=3),
    )

    run = models.ForeignKey(RuleRun, on_delete=models.CASCADE, related_name="retries", db_index=False)
    # Which of the run's effects, counted from 0.
    place = models.PositiveSmallIntegerField()
    # As the rule had it then.
    effect = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "place"], name="one_retry_per_effect")]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="effect_run_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="effect_run_parked", condition=models.Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"effect {self.place} of run {self.run_id}"

    def park(self) -> None:
        super().park()
        self.run.note_effect(self.place, result="failed", code="error")
