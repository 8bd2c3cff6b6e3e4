"""The clocks of a ticket, each with a journal from which it can be worked out again, and what they go by."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sla.models.calendar import CalendarVersion
from tickets.models import Event, Ticket


class Kind(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    UPDATE = "update", _("Next update")
    SOLUTION = "solution", _("Solution")
    STAY = "stay", _("Time in the queue")
    LOCK = "lock", _("Unlocking")

    @classmethod
    def of_policies(cls) -> tuple["Kind", ...]:
        """Those that an SLA has targets for; the others are the queue's."""
        return (cls.FIRST_RESPONSE, cls.NEXT_RESPONSE, cls.UPDATE, cls.SOLUTION)


class State(models.TextChoices):
    RUNNING = "running", pgettext_lazy("clock", "running")
    PAUSED = "paused", pgettext_lazy("clock", "paused")
    # Over without an end: the ticket was closed or put away. It may go on.
    STOPPED = "stopped", pgettext_lazy("clock", "stopped")
    MET = "met", pgettext_lazy("clock", "done")
    # The target is gone.
    CANCELLED = "cancelled", pgettext_lazy("clock", "cancelled")


class EntryKind(models.TextChoices):
    START = "start", pgettext_lazy("journal", "started")
    PAUSE = "pause", pgettext_lazy("journal", "paused")
    RESUME = "resume", pgettext_lazy("journal", "went on")
    STOP = "stop", pgettext_lazy("journal", "stopped")
    MET = "met", pgettext_lazy("journal", "done")
    CANCEL = "cancel", pgettext_lazy("journal", "cancelled")
    RETARGET = "retarget", pgettext_lazy("journal", "got another target")
    RENEW = "renew", pgettext_lazy("journal", "started anew")
    REVOKE = "revoke", pgettext_lazy("journal", "went on, because its end was taken back")
    MARK = "mark", pgettext_lazy("journal", "reached a mark")


class Phase(models.TextChoices):
    """What the state of a ticket is to its clocks."""

    ACTIVE = "active"
    WAITING = "waiting"  # one of the pending states
    CLOSED = "closed"
    GONE = "gone"  # merged or removed


class TicketTargets(models.Model):
    """Which promises a ticket has, and the facts its clocks go by. Only tickets with promises have a row."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="targets")
    policy = models.ForeignKey(
        "sla.Policy", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # A person chose the policy: conditions no longer do.
    is_chosen = models.BooleanField(default=False)
    # Digest of the promises that the clocks were made by.
    terms = models.CharField(max_length=32, blank=True)

    state_id = models.BigIntegerField(null=True)
    phase = models.CharField(max_length=7, choices=Phase.choices, default=Phase.ACTIVE)
    opened_at = models.DateTimeField(null=True)
    # The first and the last message of an agent to the customer, and the oldest of the customer that has no answer.
    answered_at = models.DateTimeField(null=True)
    contact_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    queue_since = models.DateTimeField(null=True)
    locked_since = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    was_closed = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["policy"], name="targets_of_policy", condition=models.Q(policy__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"targets of {self.ticket_id}"


class ClockQuerySet(models.QuerySet["Clock"]):
    def going(self) -> Self:
        """Neither over nor stopped."""
        return self.filter(state__in=(State.RUNNING, State.PAUSED))

    def present(self) -> Self:
        """One of each kind of each ticket: the one that goes on, else the one that has ended last.

        An older one may go on again, after what had ended it was undone (sla/undoing.py).
        """
        latest_first = (models.F("ended_at").desc(nulls_first=True), "-id")
        return self.order_by("ticket", "kind", *latest_first).distinct("ticket", "kind")

    def due(self, now: datetime) -> Self:
        """Clocks that have reached a mark nobody has been told of, the one that waits longest first."""
        return self.filter(fires_at__lte=now).order_by("fires_at", "id")


class Clock(models.Model):
    """One promise to one ticket: so much business time (`target`, in seconds), of which `spent` has been used up at
    `counted_at`. While it runs, more passes by itself; `due_at` is when nothing will be left.

    An ended clock is a figure for reports: `spent` of `target`, late when more. Written by sla/writing.py alone.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=State.choices)
    policy = models.ForeignKey(
        "sla.Policy", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # What it is about: the opening, the message that waits, the last contact, the move, the lock.
    since = models.DateTimeField()
    # None: every hour counts.
    calendar = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    target = models.PositiveIntegerField()
    spent = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField()
    # When nothing was left of the target, to the second, if that has happened.
    passed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    # [["w75", 5400], ["breach", 7200], ["l1", 9000]]: what happens after so many seconds, and what of it has.
    marks = models.JSONField(default=list)
    fired = ArrayField(models.CharField(max_length=10), default=list)
    # The next of the marks.
    fires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # How long its journal is.
    lines = models.PositiveIntegerField(default=0)

    objects = ClockQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["ticket", "kind", "-id"], name="clock_of_ticket"),
            models.Index(fields=["fires_at"], name="clock_fires", condition=models.Q(fires_at__isnull=False)),
            models.Index(fields=["due_at", "kind"], name="clock_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["calendar", "ticket"],
                name="clock_of_calendar",
                condition=models.Q(state__in=["running", "paused"]),
            ),
            models.Index(fields=["ended_at", "kind"], name="clock_ended", condition=models.Q(ended_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                condition=models.Q(state__in=["running", "paused"]),
                name="one_going_clock_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"

    @property
    def late_by(self) -> int:
        """Seconds of business time over the target; negative when there was time left."""
        return self.spent - self.target


class Entry(models.Model):
    """One line of a clock's journal, in the order of `position`. `spent` is the sum up to then."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="entries", db_index=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    at = models.DateTimeField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    spent = models.PositiveBigIntegerField()
    # Of starts and new targets: {"target", "calendar", "marks", "policy"}.
    promise = models.JSONField(null=True)
    # Which mark was reached; of starts: since when.
    note = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["clock", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "position"], name="one_entry_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.clock_id}"
