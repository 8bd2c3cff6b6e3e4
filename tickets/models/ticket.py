"""The ticket: its present facts. What happened to it is in its events."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.clock import now
from tickets.models.queue import Queue
from tickets.models.service import Service
from tickets.models.vocabulary import Priority, State, StateType, TicketType
from tickets.queries import TicketQuerySet
from tickets.rights import rights_of


class Channel(models.TextChoices):
    EMAIL = "email", _("by email")
    PHONE = "phone", _("by phone")
    NOTE = "note", _("by note")
    WEB = "web", _("through the portal")
    API = "api", _("through the interface")


class Ticket(models.Model):
    number = models.CharField(max_length=40, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    # Without an index of its own: one of those below begins with it, or it has too few values for one to be of use.
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="+", db_index=False)
    # What was requested from the catalogue, if it was.
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+", db_index=False)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+", db_index=False)
    # One works it, the other answers for it.
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_tickets")
    responsible = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_locked = models.BooleanField(default=False)
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="requests", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    custom_fields = models.JSONField(default=dict, blank=True)
    # ITIL's two questions, 1 (low) to 3 (high); together they give the priority (tickets/models/guidance.py).
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), null=True, blank=True)
    # Minutes, the sum of the time entries.
    time_spent = models.PositiveIntegerField(default=0, db_default=0)
    # When a pending state reminds or goes on; `pending_done` once that has happened.
    pending_until = models.DateTimeField(null=True, blank=True)
    pending_done = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )

    created_at = models.DateTimeField(default=now, editable=False)
    changed_at = models.DateTimeField(default=now)
    # Set while the state is closed, merged or removed: "open" is `closed_at IS NULL` everywhere.
    closed_at = models.DateTimeField(null=True, blank=True)
    # Facts for lists, kept by the verbs, so that a list never looks at articles.
    last_public_at = models.DateTimeField(null=True, blank=True)
    last_customer_at = models.DateTimeField(null=True, blank=True)
    preview = models.CharField(max_length=200, blank=True)
    has_files = models.BooleanField(default=False)
    # Written by the SLA app alone, without an event and without a new version.
    due_at = models.DateTimeField(null=True, blank=True)

    # Counts events; doors send the version a person saw (tickets/changes.py).
    version = models.PositiveIntegerField(default=0)
    # Digest of the last event: the history is a chain (tickets/events.py).
    chain = models.CharField(max_length=64, blank=True, editable=False)

    # Who is kept in copy, asked once by tickets/participation.py.
    known_in_copy: Any = None

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["queue", "-changed_at", "-id"],
                name="ticket_open_in_queue",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "-changed_at", "-id"],
                name="ticket_open_of_owner",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(fields=["-changed_at", "-id"], name="ticket_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["queue", "-changed_at", "-id"], name="ticket_in_queue"),
            models.Index(fields=["-changed_at", "-id"], name="ticket_changed"),
            models.Index(fields=["customer", "-changed_at", "-id"], name="ticket_of_customer"),
            models.Index(fields=["organisation", "-changed_at", "-id"], name="ticket_of_organisation"),
            # one index answers conditions on every custom field, by containment
            GinIndex(fields=["custom_fields"], name="ticket_custom_fields", opclasses=["jsonb_path_ops"]),
            models.Index(
                fields=["pending_until"],
                name="ticket_pending",
                condition=models.Q(pending_until__isnull=False, pending_done=False),
            ),
            models.Index(
                fields=["responsible"], name="ticket_responsible", condition=models.Q(responsible__isnull=False)
            ),
            models.Index(fields=["merged_into"], name="ticket_merged", condition=models.Q(merged_into__isnull=False)),
            GinIndex(fields=["tags"], name="ticket_tags"),
            # What the search finds is sorted, and cut to what somebody may see, without a look at the tickets.
            models.Index(fields=["id"], include=["queue", "changed_at"], name="ticket_place"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    @cached_property
    def unsaved(self) -> set[str]:
        """Fields that a verb has set and that are saved together with its event (tickets/changes.py)."""
        return set()

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_removed(self) -> bool:
        return self.state.type == StateType.REMOVED

    def allows(self, user: User, right: str) -> bool:
        """Whether `user` has `right` on this ticket; equal to membership in `objects.allowing(user, right)`."""
        return rights_of(user).covers(self.queue_id, right)
