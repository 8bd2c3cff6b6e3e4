"""The duty to look at the clocks of many tickets again, because a calendar, an SLA or a queue's hours have changed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.work import WorkRow
from sla.models.calendar import Calendar


class Retarget(WorkRow):
    """Goes through the tickets by their ids; `last_ticket` is how far it has come, so that it can be resumed."""

    task = "sla.tasks.retarget"
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(seconds=10),
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
    )

    # Only clocks that count by this calendar; None for all open tickets.
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_ticket = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = _("Clocks to be set anew")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="retarget_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="retarget_parked", condition=models.Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.done}/{self.total}"
