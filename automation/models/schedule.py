"""Effects that run over a search at set times, each run and what became of each of its tickets."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from core.work import WorkRow
from tickets.models import Ticket

# No run touches more tickets than this, whatever a schedule says.
MOST = 10_000


class Schedule(models.Model):
    """At the times of `cron` in `zone` the effects are done with the tickets that fit, the oldest first."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    # The condition language (tickets/conditions.py).
    condition = models.JSONField(_("condition"), default=dict)
    # Lines of five fields (automation/times.py).
    cron = models.CharField(_("times"), max_length=200)
    zone = models.CharField(_("time zone"), max_length=64)
    effects = models.JSONField(_("effects"), default=list)
    limit = models.PositiveIntegerField(
        _("tickets per run"), default=500, validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    once_per_ticket = models.BooleanField(_("once per ticket"), default=False)
    # The next time; empty while it is inactive.
    next_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="schedule_next", condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class ScheduleRun(WorkRow):
    """One run. Its tickets are chosen when it begins; it can be resumed until all of them are seen to."""

    class Problem(models.TextChoices):
        STOPPED = "stopped", pgettext_lazy("schedule", "stopped by %(detail)s")
        CONDITION = "condition", pgettext_lazy("schedule", "the search cannot be read any more: %(detail)s")

    task = "automation.tasks.run_schedule"
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(seconds=10),
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
    )

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs")
    # The time it stands for; empty when a person asked for it.
    due_for = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # How many further times had passed when it began: they are not run again.
    missed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # How many tickets it was about, how many of them were changed, and with how many it was not possible: known when it
    # has finished, and kept for longer than the tickets themselves.
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # More tickets fitted than the limit lets in.
    is_limited = models.BooleanField(default=False)
    # Why it did not deal with all of its tickets; `last_error` says more.
    problem = models.CharField(max_length=9, blank=True, choices=Problem.choices)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "due_for"], name="one_run_per_time"),
            models.UniqueConstraint(
                fields=["schedule"],
                name="one_run_at_once",
                condition=Q(finished_at__isnull=True, parked_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="schedule_run_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["schedule", "-id"], name="run_of_schedule"),
            models.Index(fields=["finished_at"], name="schedule_run_finished"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of schedule {self.schedule_id}"


class ScheduleItem(models.Model):
    """One ticket of a run and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk", "waiting")
        DONE = "done", pgettext_lazy("bulk", "done")
        UNCHANGED = "unchanged", pgettext_lazy("bulk", "was like that already")
        GONE = "gone", pgettext_lazy("bulk", "no longer fitted")
        FAILED = "failed", pgettext_lazy("bulk", "not possible")

    run = models.ForeignKey(ScheduleRun, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    # Why it was not possible: a code, as that of a bulk step.
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "ticket"], name="one_result_per_ticket")]
        indexes: ClassVar = [models.Index(fields=["run", "state"], name="schedule_item_state")]

    def __str__(self) -> str:
        return f"{self.ticket_id} in run {self.run_id}"


class ScheduleMark(models.Model):
    """This schedule has dealt with this ticket: it does so no more when it is to do so once."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "ticket"], name="one_mark_per_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} by schedule {self.schedule_id}"
