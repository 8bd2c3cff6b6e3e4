"""The history, append-only (a trigger sees to it), and the duty to tell others about each event."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import ClassVar

from django.db import models

from accounts.models import User
from core.clock import now
from core.database import CurrentTransaction, in_hand
from core.work import WorkRow
from tickets.models.article import Article
from tickets.models.ticket import Ticket


class Event(models.Model):
    """One happening. `data` is `{field: {"was": value, "now": value}}`, values of rows as `{"id", "name"}`."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events", db_index=False)
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # What brought it about: another event, or a mail, rule, token ... by kind and reference.
    cause_event = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="effects", db_index=False
    )
    cause_kind = models.CharField(max_length=20)
    cause_reference = models.CharField(max_length=100, blank=True)
    depth = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=now)
    # The ticket's version after this event.
    version = models.PositiveIntegerField()
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    data = models.JSONField(default=dict)
    # SHA-256 over `data`, and over the event with the digest before it: erasing `data` keeps the chain whole.
    data_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "id"], name="event_of_ticket"),
            models.Index(fields=["transaction", "id"], name="event_transaction"),
            models.Index(fields=["article"], name="event_of_article", condition=models.Q(article__isnull=False)),
            models.Index(fields=["on_behalf_of"], name="event_for", condition=models.Q(on_behalf_of__isnull=False)),
            models.Index(fields=["cause_event"], name="event_effects", condition=models.Q(cause_event__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "version"], name="one_event_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.ticket_id}"


class Delivery(WorkRow):
    """The duty to run the after-commit handlers for one event; `done` names those that have succeeded."""

    task = "tickets.tasks.deliver"
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(hours=1),
    )

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="delivery")
    WORK_FIELDS: ClassVar[Sequence[str]] = (*WorkRow.WORK_FIELDS, "done")
    # Copied from the event: the order is kept per ticket.
    ticket_id = models.BigIntegerField()
    done = models.JSONField(default=list)
    # in_hand: (this number and that of the try, delivery), so that who takes it over is not taken for who lost it.
    HELD: ClassVar[int] = 0x64656C00

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="delivery_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(
                fields=["ticket_id", "event"], name="delivery_order", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"delivery of {self.event_id}"

    def held(self) -> AbstractContextManager[object]:
        return in_hand(self.HELD + self.attempts, self.pk)
