"""Work on a ticket: steps to be ticked off, and the time that was spent."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import now
from tickets.models.ticket import Ticket

A_DAY = 24 * 60
STEPS_AT_MOST = 100


class ChecklistItem(models.Model):
    """One step. Who ticked it off and when stands in the history too."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="checklist")
    text = models.CharField(_("step"), max_length=200)
    position = models.PositiveSmallIntegerField()
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class ChecklistTemplate(models.Model):
    """Steps that are put onto a ticket together, one per line."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    steps = models.TextField(_("steps"), help_text=_("One per line."))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def lines(self) -> list[str]:
        return [line.strip() for line in self.steps.splitlines() if line.strip()]


class TimeEntry(models.Model):
    """Minutes somebody spent. `Ticket.time_spent` is the sum."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="time_entries")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(1), MaxValueValidator(A_DAY)]
    )
    note = models.CharField(_("what for"), max_length=200, blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=A_DAY), name="minutes_of_one_day_at_most"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.ticket_id}"
