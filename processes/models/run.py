"""A run of a process on a ticket, and the steps it has been through."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from processes.models.process import Version
from tickets.models import Event, Ticket


class RunQuerySet(models.QuerySet["Run"]):
    def active(self) -> Self:
        """Those that go on or are stuck."""
        return self.filter(ended_at__isnull=True)


class Run(models.Model):
    """`data` is where its tokens are (processes/engine.py); it is read and written with the ticket's row locked."""

    class State(models.TextChoices):
        GOING = "going", pgettext_lazy("process run", "in progress")
        STUCK = "stuck", pgettext_lazy("process run", "stuck")
        DONE = "done", pgettext_lazy("process run", "finished")
        CANCELLED = "cancelled", pgettext_lazy("process run", "cancelled")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="process_runs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=9, choices=State.choices, default=State.GOING)
    data = models.JSONField(default=dict)
    # What steps came to, by element: {"Approve": "approved"}. Conditions ask for it as `step.Approve`.
    outcomes = models.JSONField(default=dict)
    # Messages it waits for, by name.
    awaits = models.JSONField(default=list)
    # Why it is stuck: {"element", "code", "text"}; empty otherwise.
    problem = models.JSONField(default=dict, blank=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The event of the ticket that moved it last: what its effects follow from.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["ticket"], name="run_active", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["state"], name="run_stuck", condition=Q(state="stuck")),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.version_id}"

    @property
    def is_active(self) -> bool:
        return self.ended_at is None


class Step(models.Model):
    """An element that a token has left. One row for each time, so nothing is done twice for the same token."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    element = models.CharField(max_length=100)
    # The token's id at this element, as the engine gives it.
    instance = models.UUIDField()
    # "" for what went its way; "cancelled", or the code of the error that led away from it.
    outcome = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "instance"], name="one_step_per_token")]

    def __str__(self) -> str:
        return f"{self.element} of run {self.run_id}"
