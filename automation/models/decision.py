"""What came of giving tickets: whose turn it is, why somebody got one, and what waits for somebody."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.models.assignment import Method
from core.clock import now
from core.work import WorkRow
from tickets.models import Queue, Ticket


class Turns(models.Model):
    """Whose turn it is in a queue. Whoever gives a ticket locks the row first, so that two never give the same turn."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # How many tickets have been given; {id of an agent: which of them was theirs last}.
    number = models.PositiveIntegerField(default=0)
    turns = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.queue_id}: {self.number}"


class Decision(models.Model):
    """Who was given a ticket, or that nobody could have it, with the reason for each candidate. Forgotten in time."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+", db_index=False)
    agent = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    method = models.CharField(max_length=12, choices=Method.choices)
    at = models.DateTimeField(default=now, editable=False, db_index=True)
    # As automation/choosing.py gives them: [[id of an agent, why, facts], ...], the chosen one first.
    reasons = models.JSONField(default=list)
    # How many candidates are left out of `reasons`.
    others = models.PositiveIntegerField(default=0)
    # [[id of a skill, level], ...]
    wants = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ticket", "-id"], name="decision_of_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} to {self.agent_id}"


class Waiting(WorkRow):
    """A ticket that nobody could take: tried again when somebody is back, is free again, or after a while."""

    task = "automation.tasks.try_waiting"
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=6),
    )

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="waiting_for_agent")
    since = models.DateTimeField(default=now, editable=False)
    # Who has just given it back: others first.
    not_to = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = _("Tickets waiting for an agent")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="waiting_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="waiting_parked", condition=models.Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} waits"

    def kills(self) -> bool:
        """The number of the try grows with every offer (automation/availability.py), so it tells nothing."""
        return False
