"""Bulk work: some steps done with many tickets, in the background, each ticket in its own transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from core.work import WorkRow
from tickets.models.ticket import Ticket


class Job(models.Model):
    """`steps` is what tickets/bulk.py does with each ticket: `[{"do": "assign", "to": 5}, ...]`."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="jobs")
    steps = models.JSONField()
    created_at = models.DateTimeField(default=now, editable=False)
    # The job whose effects this one takes back; its items bring their own steps.
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone_by")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="job_of_owner")]

    def __str__(self) -> str:
        return f"job {self.pk}"


class JobItem(WorkRow):
    """One ticket of a job and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk", "waiting")
        DONE = "done", pgettext_lazy("bulk", "done")
        UNCHANGED = "unchanged", pgettext_lazy("bulk", "was like that already")
        FAILED = "failed", pgettext_lazy("bulk", "not possible")

    task = "tickets.tasks.run_job_item"
    backoff: ClassVar[Sequence[timedelta]] = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1))

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    # Why it was not possible: a code of tickets/bulk.py.
    reason = models.CharField(max_length=40, blank=True)
    # Steps that take this back, where that can be done.
    undo = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "ticket"], name="one_item_per_ticket")]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="job_item_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["job", "state"], name="job_item_state"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} in job {self.job_id}"

    def park(self) -> None:
        super().park()
        self.state, self.reason = self.State.FAILED, "error"
