"""What reaches a run from outside its people: times that come, messages, and starts that others have ordered."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.work import WorkRow
from processes.models.process import Process
from processes.models.run import Run
from processes.models.task import Decision, Task
from tickets.models import Event, Ticket

_SOON: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)


class Timer(WorkRow):
    """`due_at` is when it goes off. It is removed together with what waits for it.

    Leased, not claimed inside: whoever moves a run locks the ticket first, and the row of a timer never before it.
    """

    class Kind(models.TextChoices):
        EVENT = "event"  # a timer of the drawing
        REMINDER = "reminder"  # of an approval
        DEADLINE = "deadline"  # of an approval

    task = "processes.tasks.ring"
    backoff: ClassVar[Sequence[timedelta]] = _SOON

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="timers")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.EVENT)
    element = models.CharField(max_length=100)
    instance = models.UUIDField()
    approval = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, blank=True, related_name="timers")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "instance", "element", "kind"], name="one_timer_per_token"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="timer_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="timer_parked", condition=Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.element} of run {self.run_id}"


class Impulse(WorkRow):
    """A duty towards runs, from an event of a ticket; done once, in a transaction after that of the event."""

    class Kind(models.TextChoices):
        START = "start"
        MESSAGE = "message"
        DECISION = "decision"

    task = "processes.tasks.pass_on"
    backoff: ClassVar[Sequence[timedelta]] = _SOON

    kind = models.CharField(max_length=8, choices=Kind.choices)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # Of a start.
    process = models.ForeignKey(Process, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # Of a message: its name; of a decision: the answer.
    name = models.CharField(max_length=100, blank=True)
    # Of a message that a run sends: the token, which sends it once; a run may send several of the same name.
    sender = models.CharField(max_length=36, blank=True, default="", db_default="")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "process"], name="one_start_per_event", condition=Q(process__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["event", "kind", "name", "sender"],
                name="one_impulse_per_event",
                condition=Q(process__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="impulse_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="impulse_parked", condition=Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.ticket_id}"
