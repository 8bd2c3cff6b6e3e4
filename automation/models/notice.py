"""Who hears of what by which channel, the notices in the bell, and what leaves of them."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from core.work import WorkRow
from tickets.models import Event, Ticket


class NoticeRule(models.Model):
    """Who hears of one occasion where administrators want it otherwise than the stock levels say
    (automation/notices/occasions.py): `{"owner": {"bell": "on", "mail": "never"}, "role:3": {...}}`."""

    occasion = models.CharField(max_length=20, unique=True)
    levels = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.occasion


class NoticeText(models.Model):
    """What a mail about one occasion, or about many tickets at one go, says in place of the stock text: in one
    language, or in all that have none. `occasion` is the key of its wording (automation/notices/wordings.py)."""

    occasion = models.CharField(_("event"), max_length=20)
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=20_000)

    class Meta:
        ordering: ClassVar = ["occasion", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["occasion", "language"], name="one_notice_text_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.language}".strip()


class NoticeHouse(models.Model):
    """The house's own figures about notices; one row (automation/notices/house.py)."""

    hold_seconds = models.PositiveSmallIntegerField(
        _("seconds that a mail waits for more"), default=60, validators=[MaxValueValidator(900)]
    )
    keep_days = models.PositiveSmallIntegerField(
        _("days that notices are kept"), default=60, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )

    # The number of the endpoint that gets what goes by webhook (automation.Endpoint, whose table is younger).
    endpoint_id = models.BigIntegerField(_("endpoint for notices"), null=True, blank=True)

    def __str__(self) -> str:
        return str(_("Notices"))


class NoticeWishes(models.Model):
    """What one person wants to hear of; without a row, and where it says nothing, the defaults hold."""

    class Scope(models.TextChoices):
        USUAL = "", pgettext_lazy("notices", "As usual here")
        MINE = "mine", _("Only my tickets")
        ALL = "all", _("All tickets in my queues")

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    scope = models.CharField(_("About which tickets"), max_length=4, choices=Scope.choices, blank=True)
    # Whether, by occasion and then by channel.
    choices = models.JSONField(default=dict)
    # Queues, with those inside, of which somebody hears nothing as one of their agents.
    muted = ArrayField(models.BigIntegerField(), default=list)

    def __str__(self) -> str:
        return str(self.user)


class Notice(models.Model):
    """One line in the bell of a person. It holds no content: what it says is read from the ticket, by right."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    occasion = models.CharField(max_length=20)
    relation = models.CharField(max_length=12)
    # What came of one go at many tickets has the same number (automation/notices/folding.py); 0: it stands alone.
    wave = models.BigIntegerField(default=0, db_default=0)
    at = models.DateTimeField(default=now)
    # Since when it is new; later than `at` when somebody has marked it as unread again.
    fresh_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "user"], name="one_notice_per_event")]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user", "-id"], name="notice_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(fields=["at"], name="notice_by_age"),
            models.Index(fields=["user", "wave", "-id"], name="notice_wave", condition=~models.Q(wave=0)),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.event_id} for {self.user_id}"


class NoticeDelivery(WorkRow):
    """The duty to tell one person of one event by a channel that leaves the house; `uuid` stays the same in all tries.

    A mail waits a moment for others about the same ticket: those that leave with it name it as `carrier`.
    """

    task = "automation.tasks.send_notice"
    backoff: ClassVar[Sequence[timedelta]] = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240, 480))

    class Channel(models.TextChoices):
        MAIL = "mail", _("email")
        WEBHOOK = "webhook", _("webhook")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("not needed any more")
        FAILED = "failed", _("not delivered")
        KEPT = "kept", _("kept here")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=7, choices=Channel.choices)
    occasion = models.CharField(max_length=20)
    relation = models.CharField(max_length=12)
    wave = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    # Why it was not sent, for administrators: a code of automation/notices/leaving.py, or what a server said.
    reason = models.CharField(max_length=300, blank=True)
    carrier = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="carried")
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "user", "channel"], name="one_delivery_per_person_and_channel")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="notice_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["user", "ticket"], name="notice_together", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="notice_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(fields=["created_at"], name="notice_delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.event_id} for {self.user_id} by {self.channel}"

    WORK_FIELDS: ClassVar[Sequence[str]] = (*WorkRow.WORK_FIELDS, "state")

    def park(self) -> None:
        """What it carries has failed with it."""
        super().park()
        self.state = self.State.FAILED
        self.carried.filter(state=self.State.WAITING).update(state=self.State.FAILED)

    def retry(self) -> None:
        super().retry()
        self.state = self.State.WAITING
        self.carried.filter(state=self.State.FAILED).update(state=self.State.WAITING)


class HouseNews(models.Model):
    """What one administrator is told of Helpdesk itself, about no ticket: in the bell until it is read."""

    class Kind(models.TextChoices):
        ENDPOINT_OFF = "endpoint_off", _("A webhook was switched off by itself")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    # What it is about, as it was called then, and its page.
    about = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user"], name="news_unread", condition=models.Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
