"""Guided mode: what an agent has passed over, and the matrix that turns impact and urgency into a priority."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from tickets.models.ticket import Ticket
from tickets.models.vocabulary import Priority


class Skip(models.Model):
    """An agent did not take the ticket that was next, and said why; it is not offered again until `until`."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(default=now, editable=False)
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "until"], name="skip_of_user")]

    def __str__(self) -> str:
        return f"{self.user} skips {self.ticket_id}"


class Level(models.IntegerChoices):
    """How much is affected, and how soon it hurts (ITIL's two questions)."""

    LOW = 1, pgettext_lazy("impact or urgency", "low")
    MEDIUM = 2, pgettext_lazy("impact or urgency", "medium")
    HIGH = 3, pgettext_lazy("impact or urgency", "high")


class MatrixCell(models.Model):
    """The priority that follows from an impact and an urgency."""

    impact = models.PositiveSmallIntegerField(choices=Level.choices)
    urgency = models.PositiveSmallIntegerField(choices=Level.choices)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["impact", "urgency"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["impact", "urgency"], name="one_priority_per_cell")]

    def __str__(self) -> str:
        return f"{self.impact} × {self.urgency}"
