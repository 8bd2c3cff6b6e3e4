"""What is promised: SLAs with their targets, and what queues add (their hours, their own targets, their unlocking)."""

import uuid
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sla.models.calendar import Calendar
from sla.models.clock import Kind
from tickets.models import Priority, Queue

# Ten years: longer is a mistake.
LONGEST_SECONDS = 10 * 366 * 86_400


class Reopening(models.TextChoices):
    """What a reopened ticket means to its solution."""

    RESUME = "resume", _("The clock goes on with the time it had")
    RESTART = "restart", _("A new clock starts")
    KEEP = "keep", _("Once solved is solved for good")


class PolicyQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


def _percentages() -> ArrayField:
    return ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(99)]),
        verbose_name=_("warn at (percent of the target)"),
        default=list,
        blank=True,
        size=5,
    )


def _levels() -> ArrayField:
    return ArrayField(
        models.PositiveIntegerField(
            validators=[MinValueValidator(60), MaxValueValidator(LONGEST_SECONDS)],
        ),
        verbose_name=_("escalate so long after the breach (seconds of business time)"),
        default=list,
        blank=True,
        size=10,
    )


class Policy(models.Model):
    """An SLA. The first active one by position whose condition holds is that of the ticket."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # In the language of tickets/conditions.py; without one it is taken only where a queue or a person names it.
    condition = models.JSONField(_("condition"), null=True, blank=True)
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    warnings = _percentages()
    levels = _levels()
    pauses_when_pending = models.BooleanField(_("clocks pause while a ticket waits"), default=True)
    # Ids of further states in which clocks pause.
    pause_states = ArrayField(
        models.BigIntegerField(), verbose_name=_("clocks also pause in"), default=list, blank=True, size=50
    )
    reopening = models.CharField(
        _("when a ticket is reopened"), max_length=7, choices=Reopening.choices, default=Reopening.RESUME
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """So much business time for one kind of clock: for tickets of one priority, or of all that have none of their own.

    Without seconds there is no such target for that priority.
    """

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=14, choices=[(kind.value, kind.label) for kind in Kind.of_policies()])
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seconds = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(60), MaxValueValidator(LONGEST_SECONDS)]
    )
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "kind", "priority"], name="one_target_per_priority"),
            models.UniqueConstraint(
                fields=["policy", "kind"], condition=models.Q(priority__isnull=True), name="one_target_for_the_rest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}: {self.kind}"


class QueueHours(models.Model):
    """What a queue adds; what is left empty comes from the queue above."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, primary_key=True, related_name="hours")
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    # For tickets that no SLA's condition is for.
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("SLA")
    )
    # A locked ticket on which nothing happens is free for others again; 0 for never.
    unlock_after = models.PositiveIntegerField(_("unlock after (seconds of business time)"), null=True, blank=True)
    # For the targets below: how long a ticket may stay here.
    warnings = _percentages()
    levels = _levels()

    def __str__(self) -> str:
        return str(self.queue)


class QueueTarget(models.Model):
    """So much business time for a ticket's stay in a queue: an internal promise (OLA). Priorities as in `Target`."""

    hours = models.ForeignKey(QueueHours, on_delete=models.CASCADE, related_name="targets")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seconds = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(60), MaxValueValidator(LONGEST_SECONDS)]
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hours", "priority"], name="one_stay_per_priority"),
            models.UniqueConstraint(
                fields=["hours"], condition=models.Q(priority__isnull=True), name="one_stay_for_the_rest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hours_id}: {self.seconds}"


class Stamp(models.Model):
    """One row that changes whenever anything above does: processes keep what they have read until then."""

    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.stamp)
