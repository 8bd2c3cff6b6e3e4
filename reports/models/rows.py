"""What is counted: one row for each happening, each time of a ticket in one place, and each ticket.

All of it follows from the history (reports/retelling.py) and can be made anew at any time. Columns name rows of other
tables by number alone: what is counted was so, whatever has become of the row.
"""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models

from core.database import TstzRange
from tickets.models import Ticket


class Happened(StrEnum):
    """What a `Fact` tells of. `amount` and `business` are said in reports/retelling.py."""

    CREATED = "created"
    CLOSED = "closed"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    REPAIRED = "repaired"
    ONE_TOUCH = "one_touch"
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    ASKED = "asked"
    ANSWERED = "answered"
    NOTED = "noted"
    ASSIGNED = "assigned"
    REASSIGNED = "reassigned"
    MOVED = "moved"
    MERGED = "merged"
    SPAM = "spam"
    WARNED = "warned"
    BREACHED = "breached"
    ESCALATED = "escalated"
    KEPT = "kept"
    BROKEN = "broken"
    WORKED = "worked"
    RATED = "rated"


class Placed(models.Model):
    """Where and whose the ticket was then."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    # The ticket's queue today: who may not see the ticket now does not count what it was (reports/rights.py).
    home_id = models.BigIntegerField()
    queue_id = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    state_id = models.BigIntegerField(null=True)
    priority_id = models.BigIntegerField(null=True)
    type_id = models.BigIntegerField(null=True)
    service_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10)

    class Meta:
        abstract = True


class Fact(Placed):
    """Something happened at this moment. Its place is that right after it."""

    kind = models.CharField(max_length=14)  # of `Happened`
    at = models.DateTimeField()
    # Who of us did it.
    agent_id = models.BigIntegerField(null=True)
    # Of promises: the kind of clock.
    target = models.CharField(max_length=14, blank=True)
    amount = models.BigIntegerField(null=True)
    business = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["ticket"], name="fact_of_ticket"),
            # What is asked for most is counted without a look at the rows.
            models.Index(
                fields=["kind", "at"],
                name="fact_at_time",
                include=["home_id", "queue_id", "agent_id", "target", "amount", "business"],
            ),
            # What somebody's tickets came to.
            models.Index(
                fields=["owner_id", "kind", "at"],
                name="fact_of_owner",
                condition=models.Q(owner_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"


class Span(Placed):
    """The ticket was open and in this place from `starts_at` to before `ends_at`, or still is."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["ticket"], name="span_of_ticket"),
            models.Index(fields=["starts_at"], name="span_starts"),
            models.Index(fields=["ends_at"], name="span_ends", condition=models.Q(ends_at__isnull=False)),
            GistIndex(TstzRange("starts_at", "ends_at"), name="span_during"),
            # The backlog of this moment, without a look at the rows.
            models.Index(
                fields=["owner_id", "home_id", "queue_id", "state_id", "priority_id", "starts_at"],
                name="span_open",
                condition=models.Q(ends_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} from {self.starts_at}"


class Story(models.Model):
    """A ticket in one line, and up to which version of it the rows above tell. Times in seconds."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="+")
    home_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    opened_at = models.DateTimeField(null=True)
    first_response = models.BigIntegerField(null=True)
    first_response_business = models.BigIntegerField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.BigIntegerField(null=True)
    resolution_business = models.BigIntegerField(null=True)
    answers = models.PositiveIntegerField(default=0)
    reopenings = models.PositiveIntegerField(default=0)
    reassignments = models.PositiveIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.ticket_id} at {self.version}"
